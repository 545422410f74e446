#!/usr/bin/python3
"""The system's unit under a real systemd, in a booted container: hardened as it is, everything works in
it; what it hides it says; and who may speak to it is a matter of a group."""
import base64
import json
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import unit_life as life  # noqa: E402
from container import Unit, boot, name_of  # noqa: E402
from harness import PLUGINS, SRC, Skip, run, until  # noqa: E402

machine = boot()
unit = Unit(machine)
SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
WEBHOOK = "  webhook: {options: {url: 'http://hook.test:8099/', secret: 'credential:hook'}}\n"


def status_of(pid, key):
    """A line of /proc/PID/status."""
    return re.search(rf"^{key}:\s*(.*)$", machine.run("cat", f"/proc/{pid}/status").stdout, re.M).group(1)


def owner_and_modes():
    """The uid that the daemon has, and what it makes of it on disk."""
    uid = status_of(unit.main_pid(), "Uid").split()[0]
    paths = ["/var/lib/private", "/var/lib/tocsin/", "/var/lib/tocsin/tocsin.db", "/run/tocsin", "/run/tocsin/control"]
    modes = machine.run("stat", "-L", "-c", "%a %u %g %n", *paths).stdout
    assert modes == (f"700 0 0 {paths[0]}\n700 {uid} {uid} {paths[1]}\n600 {uid} {uid} {paths[2]}\n"
                     f"750 {uid} {uid} {paths[3]}\n660 {uid} {uid} {paths[4]}\n"), modes
    return uid


def hides(settings, folder, cause, place):
    """With these settings the folder is hidden, at the start; the mend that the message names, and nothing
    else, makes it ring."""
    machine.run("mkdir", "-p", folder)
    unit.configure(folder)
    unit.drop_in(settings)
    said = unit.fails_to_start(78)
    told = re.search(r'folder "(.*?)" \((.*?)\) is not visible inside this unit: (.*?) hides (\S+) \(write (.*?) under '
                     r"\[Service\] in `systemctl edit tocsin`, then `systemctl restart tocsin`\)", said)
    assert told and told.groups()[:4] == (name_of(folder), folder, cause, place), said
    unit.drop_in("\n".join(re.findall('"(.*?)"', told.group(5))), "zz-mend")
    unit.start()
    unit.rings(re.sub("[^a-z]", "", cause.lower()), folder)
    unit.drop_in("", "zz-mend")
    unit.drop_in("")


# ---- the tests ----

def systemd_understands_it_and_finds_it_little_exposed():
    done = machine.run("systemd-analyze", "--man=no", "verify", "tocsin.service")
    assert done.stdout + done.stderr == "", done
    machine.run("systemd-analyze", "security", "--threshold=15", "--no-pager", "tocsin.service")


def what_config_init_writes_is_good_for_the_service():
    if not os.path.exists(f"{PLUGINS}/journal.so"):
        raise Skip("built with --disable-journal")
    machine.sh("umask 077; tocsinctl --system config init /srv/news; systemctl start tocsin")
    assert unit.property("ActiveState") == "active", unit.journal()
    machine.write(f"{unit.folder}/report.txt", "the annual report\n")
    until(lambda: "the annual report" in machine.run("journalctl", "-q", "-t", "tocsin").stdout, "an alert")
    machine.run("rm", "-r", f"{unit.confdir}/topics.d")
    unit.configure()
    unit.systemctl("stop", "tocsin")


def it_starts_with_a_user_made_for_the_time():
    machine.run("userdel", "tocsin")  # made at boot, by sysusers.d
    assert "tocsin" not in machine.run("cat", "/etc/passwd", "/etc/group").stdout
    unit.start()
    assert int(owner_and_modes()) >= 61184, "the uid is none of systemd's dynamic ones"


def the_user_of_sysusers_wins_and_takes_over():
    unit.rings("before")
    unit.systemctl("stop", "tocsin")
    machine.run("systemd-sysusers")
    unit.start()
    assert owner_and_modes() == machine.run("id", "-u", "tocsin").stdout.strip()
    # It knows what it knew.
    assert "before" in unit.ctl("alert", "list").stdout, unit.ctl("alert", "list").stdout


def a_credential_and_the_network_reach_the_plugin():
    """The secret is root's alone, and what is signed with it is taken; the name is found by asking a name
    server."""
    if not os.path.exists(f"{PLUGINS}/webhook.so"):
        raise Skip("built with --disable-webhook")
    machine.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    machine.write("/etc/hook.secret", SECRET + "\n", mode="600")
    with machine.receivers(SECRET) as received:
        unit.configure()
        unit.start()
        unit.configure(notifiers=WEBHOOK)
        missing = ('"webhook": option "secret": this unit has no credential "hook" (write '
                   '"LoadCredential=hook:/PATH/OF/ITS/FILE" under [Service] in `systemctl edit tocsin`, then `systemctl '
                   "restart tocsin`)")
        assert missing in unit.ctl("reload", check=False).stderr
        checked = unit.ctl("config", "check", check=False)
        assert checked.returncode == 78 and missing in checked.stderr, checked
        unit.drop_in("LoadCredential=hook:/etc/hook.secret")
        unit.start()
        for word, host in (("named", "hook.test"), ("four", "127.0.0.1"), ("six", "[::1]")):
            unit.configure(notifiers=WEBHOOK.replace("hook.test", host))
            unit.systemctl("reload", "tocsin")
            machine.write(f"{unit.folder}/{word}.txt", f"the {word} alarm\n")
            until(lambda word=word: f"the {word} alarm" in received(), f"a call over {host}")
        assert ("notifier", "no_new_privs,landlock,seccomp,rlimits") in unit.layers(), unit.layers()
    # Without the unit, nobody can tell.
    unit.systemctl("stop", "tocsin")
    checked = unit.ctl("config", "check")
    assert 'whether there is a credential "hook" shows only inside the unit' in checked.stderr, checked
    unit.drop_in("")
    unit.configure()
    unit.start()


def a_program_of_the_users_is_run_and_a_file_is_written():
    """With what the unit leaves them: no right to change anything but what is the service's."""
    if not all(os.path.exists(f"{PLUGINS}/{name}.so") for name in ("command", "file")):
        raise Skip("built without the notifiers command and file")
    script = 'echo "ran as $(id -u): $TOCSIN_HEADLINE"; touch /var/tmp/mine /etc/others || echo refused'
    unit.configure(notifiers=f"  command: {{options: {{command: [sh, -c, '{script}']}}}}\n"
                   "  file: {options: {path: /var/log/tocsin/alerts.jsonl}}\n")
    unit.start()
    unit.remember()
    machine.write(f"{unit.folder}/program.txt", "the program alarm\n")
    uid = machine.run("id", "-u", "tocsin").stdout.strip()
    unit.says(f"ran as {uid}: alarm: the program alarm")
    unit.says("refused")
    assert machine.run("ls", "/etc/others", "/var/tmp/mine", check=False).stdout == ""
    written = until(lambda: machine.run("cat", "/var/log/tocsin/alerts.jsonl", check=False).stdout, "a line in the file")
    assert json.loads(written)["headline"] == "alarm: the program alarm", written
    for role, layers in unit.layers():
        assert {"no_new_privs", "landlock", "seccomp", "rlimits"} <= set(layers.split(",")), (role, layers)
    unit.configure()
    unit.start()


def members_of_its_group_may_speak_to_it_and_others_hear_which_to_join():
    machine.run("useradd", "-m", "-G", "tocsin", "bob")
    machine.run("useradd", "-m", "-g", "tocsin", "ben")
    machine.run("useradd", "-m", "carol")
    for member in ("bob", "ben", "root"):
        assert "documents:" in unit.ctl("status", user=member).stdout
        unit.ctl("reload", user=member)
    done = unit.ctl("status", user="carol", check=False)
    assert done.returncode == 77 and done.stdout == "", done
    assert done.stderr == ('tocsinctl: the daemon at /run/tocsin/control speaks only to its own user, to root and to '
                           'the members of the group "tocsin": join it with `sudo usermod -aG tocsin carol`, then log '
                           "in again\n"), done.stderr
    assert "/run/tocsin is shared with the group tocsin" in " ".join(unit.ctl("doctor").stdout.split())
    # Where the way is open, the daemon looks itself.
    machine.sh("chmod 755 /run/tocsin; chmod 666 /run/tocsin/control")
    done = unit.ctl("status", user="carol", check=False)
    assert done.returncode == 77 and 'the members of the group "tocsin" may ask' in done.stderr, done
    machine.run("usermod", "-aG", "tocsin", "carol")
    assert "documents:" in unit.ctl("status", user="carol").stdout
    unit.start()
    owner_and_modes()


def a_hidden_home_is_said_with_the_mend():
    hides("ProtectHome=yes", "/home/shared/news", "ProtectHome=yes", "/home")
    hides("ProtectHome=tmpfs", "/home/shared/news", "ProtectHome=tmpfs", "/home")


def a_hidden_path_is_said_with_the_mend():
    hides("InaccessiblePaths=/srv/vault", "/srv/vault/news", "InaccessiblePaths=/srv/vault", "/srv/vault")
    hides("TemporaryFileSystem=/srv", "/srv/with blank", "TemporaryFileSystem=/srv", "/srv")


def a_folder_in_tmp_is_hidden_as_the_unit_is_installed():
    hides("", "/tmp/news", "PrivateTmp=yes", "/tmp")


def one_that_happens_to_exist_in_the_private_tmp_is_refused_by_a_reload():
    unit.configure()
    unit.start()
    machine.sh("cd /tmp/systemd-private-*-tocsin.service-*/tmp; mkdir news")
    unit.configure(unit.folder, "/tmp/news")
    done = unit.ctl("reload", check=False)
    assert done.returncode == 78 and 'folder "tmp-news" (/tmp/news) is not visible inside this unit' in done.stderr, done
    checked = unit.ctl("config", "check", check=False)
    assert checked.returncode == 78 and "PrivateTmp=yes hides /tmp" in checked.stderr, checked
    # tocsinctl without the daemon sees this machine's folders.
    unit.systemctl("stop", "tocsin")
    unit.ctl("config", "check")


def a_folder_that_is_linked_to_a_hidden_one_is_said_with_the_mend():
    machine.sh("mkdir -p /home/shared/news; ln -sfn /home/shared /srv/link")
    unit.configure("/srv/link/news")
    unit.drop_in("ProtectHome=yes")
    said = unit.fails_to_start(78)
    assert 'folder "srv-link-news" (/srv/link/news) is not visible inside this unit: ProtectHome=yes hides /home (write ' \
        '"ProtectHome=tmpfs" and "BindReadOnlyPaths=/home/shared/news" under' in said, said
    unit.drop_in("")


def a_folder_that_its_user_may_not_read_is_said_with_the_mend():
    """Each message's command is run as it stands, until nothing is forbidden any more."""
    machine.sh("useradd -m dora; chmod 700 /home/dora; mkdir -m 700 /home/dora/News; chown dora: /home/dora/News")
    unit.configure("/home/dora/News")
    for place, rights in (("/home/dora", "-m u:tocsin:x"), ("/home/dora/News", "-R -m u:tocsin:rX,d:u:tocsin:rX")):
        said = unit.fails_to_start(78)
        told = re.search(r'folder "home-dora-news": /home/dora/News is not visible to user tocsin: (\S+) belongs to user dora and '
                         r'has mode 07\d\d \(let it in with "(setfacl .*?)", or give the unit a group that may: '
                         r'"SupplementaryGroups=GROUP" under \[Service\] in `systemctl edit tocsin`', said)
        assert told and told.groups() == (place, f"setfacl {rights} {place}"), said
        machine.run(*shlex.split(told.group(2)))
    unit.start()
    unit.rings("dora", "/home/dora/News", user="dora")
    machine.sh("umask 077; cd /home/dora/News; echo 'the closed alarm' >closed.txt", user="dora")
    unit.says("the closed »alarm«")


def one_that_a_group_may_read_takes_a_line_in_the_unit():
    machine.sh("groupadd press; mkdir -m 750 /srv/press; chgrp press /srv/press")
    unit.configure("/srv/press")
    assert '"SupplementaryGroups=GROUP"' in unit.fails_to_start(78)
    unit.drop_in("SupplementaryGroups=press")
    unit.start()
    unit.rings("pressed", "/srv/press")
    unit.drop_in("")


def with_the_example_it_reads_what_belongs_to_others_and_its_hosts_do_not():
    machine.sh("useradd -m eve; chmod 700 /home/eve; mkdir -m 700 /home/eve/News; chown eve: /home/eve/News")
    unit.configure("/home/eve/News")
    assert "is not visible to user tocsin" in unit.fails_to_start(78)
    with open(os.path.join(SRC, "conf/examples/systemd/read-others.conf"), encoding="utf-8") as f:
        machine.write(f"{unit.unitdir}/tocsin.service.d/read-others.conf", f.read())
    unit.systemctl("daemon-reload")
    unit.start()
    unit.rings("eve", "/home/eve/News", user="eve")
    dac_read_search = "0000000000000004"
    assert status_of(unit.main_pid(), "CapEff") == dac_read_search
    hosts = machine.run("pgrep", "-x", "tocsin-host").stdout.split()
    assert hosts
    for pid in hosts:
        assert status_of(pid, "CapEff") == status_of(pid, "CapPrm") == status_of(pid, "CapAmb") == "0" * 16, pid
    unit.drop_in("", "read-others")
    unit.configure()
    unit.start()


def what_is_mounted_later_is_seen():
    """The unit's mounts are its own, but it receives the machine's."""
    unit.configure()
    unit.start()
    machine.sh(f"mkdir {unit.folder}/stick; mount -t tmpfs none {unit.folder}/stick")
    unit.rings("mounted", f"{unit.folder}/stick")
    machine.run("umount", f"{unit.folder}/stick")


with machine:
    run([
        systemd_understands_it_and_finds_it_little_exposed,
        what_config_init_writes_is_good_for_the_service,
        it_starts_with_a_user_made_for_the_time,
        the_user_of_sysusers_wins_and_takes_over,
        *life.of(unit, life.its_status_line_has_counts, life.a_document_rings,
                 life.a_good_configuration_is_taken_by_a_reload, life.a_bad_one_fails_the_reload_and_changes_nothing,
                 life.a_start_with_it_ends_with_78_and_is_not_tried_again, life.kill_9_is_followed_by_a_restart,
                 life.a_daemon_that_hangs_is_restarted_by_the_watchdog,
                 life.one_that_dies_again_and_again_is_left_alone, life.the_hosts_are_all_shut_in,
                 life.a_host_that_is_killed_is_no_end_of_the_service),
        a_credential_and_the_network_reach_the_plugin,
        a_program_of_the_users_is_run_and_a_file_is_written,
        members_of_its_group_may_speak_to_it_and_others_hear_which_to_join,
        a_hidden_home_is_said_with_the_mend,
        a_hidden_path_is_said_with_the_mend,
        a_folder_in_tmp_is_hidden_as_the_unit_is_installed,
        one_that_happens_to_exist_in_the_private_tmp_is_refused_by_a_reload,
        a_folder_that_is_linked_to_a_hidden_one_is_said_with_the_mend,
        a_folder_that_its_user_may_not_read_is_said_with_the_mend,
        one_that_a_group_may_read_takes_a_line_in_the_unit,
        with_the_example_it_reads_what_belongs_to_others_and_its_hosts_do_not,
        what_is_mounted_later_is_seen,
        *life.of(unit, life.it_ends_in_peace),
    ])
