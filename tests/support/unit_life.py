"""What holds for tocsin.service whoever's it is: how it starts, reloads, dies and ends. Each function
takes a container's Unit; `of` makes tests of them."""
from harness import until


def of(unit, *functions):
    """The functions as tests without a parameter, by the same names."""
    def bound(function):
        def test():
            function(unit)
        test.__name__ = function.__name__
        return test
    return [bound(function) for function in functions]


def its_status_line_has_counts(unit):
    until(lambda: "documents known" in unit.property("StatusText"), "counts")


def a_document_rings(unit):
    unit.rings("first")


def a_good_configuration_is_taken_by_a_reload(unit):
    unit.topics("alarm", "fire")
    unit.systemctl("reload", "tocsin")
    assert "fire" in unit.ctl("topic", "list").stdout


def a_bad_one_fails_the_reload_and_changes_nothing(unit):
    unit.container.sh(f"echo 'nonsense: true' >>{unit.confdir}/tocsin.yaml", user=unit.user)
    pid = unit.main_pid()
    assert unit.systemctl("reload", "tocsin", check=False).returncode != 0
    assert unit.property("ActiveState") == "active" and unit.main_pid() == pid
    unit.rings("second")


def a_start_with_it_ends_with_78_and_is_not_tried_again(unit):
    """With the configuration that the test before has left."""
    assert 'unknown section "nonsense"' in unit.fails_to_start(78)
    unit.configure()
    unit.start()


def kill_9_is_followed_by_a_restart(unit):
    pid = unit.main_pid()
    unit.container.run("kill", "-9", pid)
    until(lambda: unit.runs_anew(pid), "it runs again")
    unit.rings("third")


def a_daemon_that_hangs_is_restarted_by_the_watchdog(unit):
    unit.drop_in("WatchdogSec=4")
    unit.start()
    pid = unit.main_pid()
    unit.container.run("kill", "-STOP", pid)
    until(lambda: "Watchdog timeout" in unit.managers_journal(), "the watchdog")
    until(lambda: unit.runs_anew(pid), "it runs again")
    unit.rings("fourth")
    unit.drop_in("")


def one_that_dies_again_and_again_is_left_alone(unit):
    unit.drop_in("RestartSec=100ms")
    unit.start()
    deaths = 0
    while unit.property("ActiveState") != "failed":
        pid = unit.main_pid()
        unit.container.run("kill", "-9", pid)
        deaths += 1
        assert deaths <= 15, "it is started for ever"
        until(lambda pid=pid: unit.runs_anew(pid) or unit.property("ActiveState") == "failed", "it runs, or is left")
    assert deaths == 15, deaths
    assert "Start request repeated too quickly" in unit.managers_journal()
    unit.drop_in("")
    unit.start()


def the_hosts_are_all_shut_in(unit):
    unit.rings("fifth")
    hosts = unit.layers()
    assert {role for role, _ in hosts} == {"detector", "notifier"}, hosts
    for _, layers in hosts:
        assert layers == "no_new_privs,landlock,seccomp,rlimits", hosts


def a_host_that_is_killed_is_no_end_of_the_service(unit):
    pid = unit.main_pid()
    for host in unit.container.run("pgrep", "-x", "tocsin-host").stdout.split():
        unit.container.run("kill", "-9", host, check=False)
    unit.rings("sixth")
    assert unit.main_pid() == pid


def it_ends_in_peace(unit):
    unit.systemctl("stop", "tocsin")
    assert unit.property("Result") == "success"
    assert not unit.container.run("pgrep", "-x", "tocsin-host", check=False).stdout
