/* Which file systems change behind our back. */
#include "base/filesystem.h"
#include "tests/support/unit.h"

static void test_shared(void **state)
{
    (void)state;
    assert_string_equal(filesystem_shared(0x6969), "NFS");
    /* f_type is signed, and sign-extended where a long has 64 bits. */
    assert_string_equal(filesystem_shared((int)0xff534d42), "CIFS");
    assert_string_equal(filesystem_shared(0x65735546), "FUSE");
    assert_null(filesystem_shared(0xef53));
    assert_null(filesystem_shared(0x794c7630)); /* overlay */
    assert_null(filesystem_shared(0));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(filesystem_name(0xef53), "ext4");
    assert_string_equal(filesystem_name(0x6969), "NFS");
    assert_string_equal(filesystem_name((int)0x9123683e), "Btrfs");
    assert_string_equal(filesystem_name(0x9fa0), "proc");
    assert_null(filesystem_name(0x12345678));
}

static void test_kernels_own(void **state)
{
    (void)state;
    assert_true(filesystem_is_kernels(0x9fa0));
    assert_true(filesystem_is_kernels((int)0xde5e81e4)); /* efivarfs */
    assert_false(filesystem_is_kernels(0x01021994));     /* tmpfs */
    assert_false(filesystem_is_kernels(0x6969));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_kernels_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
