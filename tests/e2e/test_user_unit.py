#!/usr/bin/python3
"""The user's unit under a real systemd: a booted container, in it a user with a manager of her own, and
a session that begins with nothing, in which what is found pops up."""
import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import unit_life as life  # noqa: E402
from container import Unit, boot, name_of, screen  # noqa: E402
from harness import PLUGINS, Skip, need, run, until  # noqa: E402

ALICE = "alice"
machine = boot()
machine.user(ALICE)
unit = Unit(machine, ALICE)
unit.configure()


def it_starts_and_is_ready_when_systemd_says_so():
    unit.start()
    assert unit.ctl("status").stdout.startswith("tocsin"), unit.ctl("status").stdout


def its_store_is_where_it_is_without_a_unit_and_shut():
    state = f"/home/{ALICE}/.local/state/tocsin"
    modes = machine.run("stat", "-c", "%a %U %n", state, f"{state}/tocsin.db").stdout
    assert modes == f"700 {ALICE} {state}\n600 {ALICE} {state}/tocsin.db\n", modes


def a_credential_reaches_the_plugin():
    """What it signs with it is taken."""
    if not os.path.exists(f"{PLUGINS}/webhook.so"):
        raise Skip("built with --disable-webhook")
    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    with machine.receivers(secret) as received:
        unit.configure(notifiers="  webhook: {options: {url: 'http://127.0.0.1:8099/', secret: 'credential:hook'}}\n")
        said = unit.fails_to_start(78)
        assert ('"webhook": option "secret": this unit has no credential "hook" (write '
                '"LoadCredential=hook:/PATH/OF/ITS/FILE" under [Service] in `systemctl --user edit tocsin`, then '
                "`systemctl --user restart tocsin`)") in said, said
        machine.write(f"{unit.confdir}/hook.secret", secret + "\n", user=ALICE, mode="600")
        unit.drop_in("LoadCredential=hook:%h/.config/tocsin/hook.secret")
        unit.start()
        machine.write(f"{unit.folder}/call.txt", "the alarm that calls\n", user=ALICE)
        until(lambda: "the alarm that calls" in received(), "the call")
    unit.drop_in("")
    unit.configure()
    unit.start()


def what_its_sandbox_hides_is_said_with_the_mend():
    """A user's manager makes mounts only together with a user namespace."""
    unit.drop_in("PrivateUsers=yes\nProtectHome=tmpfs\n"
                 f"BindPaths={unit.confdir} /home/{ALICE}/.local /run/user/{machine.uids[ALICE]}")
    said = unit.fails_to_start(78)
    assert f'folder "{name_of(unit.folder)}" ({unit.folder}) is not visible inside this unit: ProtectHome=tmpfs hides /home (write ' \
        f'"BindReadOnlyPaths={unit.folder}" under [Service] in `systemctl --user edit tocsin`, then ' \
        "`systemctl --user restart tocsin`)" in said, said
    unit.drop_in(f"BindReadOnlyPaths={unit.folder}", "mend")
    unit.start()
    unit.rings("seventh")
    unit.drop_in("", "mend")
    unit.drop_in("")


def a_popup_comes_up_in_a_session_that_begins_with_nothing():
    """Of a desktop there is the screen; the bus starts the notification server when it is first asked for."""
    need("Xvfb")
    with screen(machine) as display:
        unit.systemctl("set-environment", f"DISPLAY={display}")
        assert unit.systemctl("is-active", "dunst", check=False).stdout == "inactive\n"
        unit.configure(notifiers="  desktop:\n")
        unit.start()
        machine.write(f"{unit.folder}/popup.txt", "At noon the alarm was raised in the west wing.\n", user=ALICE)
        until(lambda: machine.run("dunstctl", "count", "displayed", user=ALICE, check=False).stdout == "1\n", "a popup")
        assert unit.systemctl("is-active", "dunst").stdout == "active\n"
        shot = os.environ.get("TOCSIN_SCREENSHOT")
        if shot:
            subprocess.run(["/usr/bin/import", "-display", display, "-window", "root", shot], check=True)
        # What popups say can be asked once they are closed.
        machine.run("dunstctl", "close-all", user=ALICE)
        history = until(lambda: machine.run("dunstctl", "history", user=ALICE).stdout, "a history")
        assert "the <b>alarm</b> was raised in the west wing" in history, history
        unit.configure()
        unit.start()


with machine:
    run([
        it_starts_and_is_ready_when_systemd_says_so,
        its_store_is_where_it_is_without_a_unit_and_shut,
        *life.of(unit, life.its_status_line_has_counts, life.a_document_rings,
                 life.a_good_configuration_is_taken_by_a_reload, life.a_bad_one_fails_the_reload_and_changes_nothing,
                 life.a_start_with_it_ends_with_78_and_is_not_tried_again, life.kill_9_is_followed_by_a_restart,
                 life.a_daemon_that_hangs_is_restarted_by_the_watchdog,
                 life.one_that_dies_again_and_again_is_left_alone, life.the_hosts_are_all_shut_in,
                 life.a_host_that_is_killed_is_no_end_of_the_service),
        a_credential_reaches_the_plugin,
        what_its_sandbox_hides_is_said_with_the_mend,
        a_popup_comes_up_in_a_session_that_begins_with_nothing,
        *life.of(unit, life.it_ends_in_peace),
    ])
