#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl on a made-up /sys/fs/ovlsync: what needs other programs, or failures that a guest can't have.

load helpers

@test "ovlctl - promtool takes the metrics" {
	run with_mounts 'ovlctl stats --prometheus | promtool check metrics'
	assert_success
	assert_output ""
	run with_mounts 'ovlctl stats --prometheus'
	assert_line --regexp '^ovlsync_sync_last_duration_seconds\{device="0:[0-9]+"\} 1\.500000001$'
	assert_line --regexp '^ovlsync_reaper_interval_seconds\{device="0:[0-9]+"\} 5\.000$'
	assert_line --regexp '^ovlsync_suspects\{device="0:[0-9]+"\} 3$'
	assert_line --regexp '^ovlsync_mount_mode\{device="0:[0-9]+",mode="containerized"\} 1$'
	assert_line --regexp '^ovlsync_mount_mode\{device="0:[0-9]+",mode="full"\} 0$'
	# Label values with a quote, a backslash and a newline.
	assert_line --partial 'b\"1\\\n"'
	assert_line --partial 'mount_point="/mnt/plain u/merged"'
}

@test "ovlctl - promtool takes the metrics of no mounts" {
	run with_mounts 'rm -r /sys/fs/ovlsync/0:*; ovlctl stats --prometheus | promtool check metrics'
	assert_success
	assert_output ""
}

@test "ovlctl - node_exporter's textfile collector serves the metrics" {
	run with_mounts '
		mkdir /mnt/text
		ovlctl stats --prometheus >/mnt/text/ovlsync.prom
		prometheus-node-exporter --collector.disable-defaults --collector.textfile \
			--collector.textfile.directory=/mnt/text --web.listen-address=127.0.0.1:19713 2>/mnt/log &
		trap "kill $!" EXIT
		for i in {1..100}; do
			curl -s http://127.0.0.1:19713/metrics >/mnt/served && break
			sleep 0.1
		done
		grep -c "^ovlsync_suspects{" /mnt/served
		grep "^node_textfile_scrape_error" /mnt/served
		grep -c "^ovlsync_mount_info{.*docker" /mnt/served'
	assert_success
	assert_line --index 0 2
	assert_line --index 1 'node_textfile_scrape_error 0'
	assert_line --index 2 1
}

@test "ovlctl - jq reads every JSON" {
	local command
	for command in stats tune mode doctor 'tune --defaults' 'mode full --all' 'tune batch=7 --all' \
		'sync --all'; do
		run --separate-stderr with_mounts "ovlctl $command --json || ((\$? == 1))"
		assert_success
		jq -e '.schema_version == 1 and (to_entries[1].value | type == "array" and length > 0)' <<<"$output"
		[[ ! $(jq -r '.. | objects | keys[]' <<<"$output") =~ [^a-z0-9_[:space:]] ]]
	done
	run with_mounts 'rm -r /sys/fs/ovlsync/0:*; ovlctl stats --json'
	[[ $(jq -c <<<"$output") == '{"schema_version":1,"mounts":[]}' ]]
}

@test "ovlctl - a hostile name can not reach the terminal" {
	run with_mounts 'ovlctl stats -n -o CONTAINER --color=never'
	assert_success
	refute_output --partial $'\x1b'
	assert_line --partial 'we\x1b[31mb"1'
	((${#lines[@]} == 2))
}

@test "ovlctl - tune names the tunable that the kernel refuses, and the error" {
	# A file that takes numbers, but not this one.
	run -1 with_mounts 'for d in /sys/fs/ovlsync/0:*; do
			ln -sf /proc/self/oom_score_adj $d/reaper/batch
		done
		ovlctl tune batch=5000 --mount "/mnt/plain u/merged"'
	assert_output --partial "batch"
	assert_output --partial "EINVAL"
	assert_output --partial "5000"
}

@test "ovlctl - nonsense is refused before anything is written" {
	run -64 with_mounts 'ovlctl tune max_suspects=7 batch=x --all'
	assert_output --partial "batch"
	run with_mounts 'ovlctl tune max_suspects=7 batch=x --all 2>/dev/null || cat /sys/fs/ovlsync/0:*/reaper/max_suspects'
	assert_output $'5000\n5000'
	local nonsense
	for nonsense in batch=0 batch=-1 batch= batch=1048577 'batch= 1' batch=1x nobatch=1 umount_sync=x =1; do
		run -64 ovlctl tune "$nonsense" --all
	done
	run -64 ovlctl tune batch=7
	run -64 ovlctl tune batch=7 --defaults --all
	run -64 ovlctl mode full
	run -64 ovlctl mode on --all
	run -64 ovlctl stats --prometheus --json
	run -64 ovlctl stats --color=red
	run -64 ovlctl stats --pid x
	run -64 ovlctl sync --all --timeout 0
	run -64 ovlctl top --delay 0
}

@test "ovlctl - colours only where they are wanted" {
	local escape=$'\x1b'
	run with_mounts 'ovlctl stats'
	refute_output --partial "$escape["
	run with_mounts 'ovlctl stats --color'
	assert_output --partial "$escape["
	run with_mounts 'script -qec "ovlctl stats -o MODE" /dev/null'
	assert_output --partial "$escape["
	run with_mounts 'NO_COLOR=1 script -qec "ovlctl stats -o MODE" /dev/null'
	refute_output --partial "$escape["
	run with_mounts 'NO_COLOR=1 ovlctl stats --color=always'
	assert_output --partial "$escape["
}

@test "ovlctl - a full disk is noticed" {
	local command
	for command in stats 'stats --json' 'stats --prometheus' tune 'tune batch=7 --all' mode 'mode full --all' doctor \
		'sync --all' 'sync --all --json' 'top --batch -n 1' --list-columns --explain --help --version; do
		run with_mounts "ovlctl $command >/dev/full"
		assert_failure 1
		assert_output --partial "standard output"
	done
}

@test "ovlctl - a reader that went away is noticed, also where SIGPIPE is ignored" {
	run with_mounts '(sleep 0.2; exec ovlctl stats) | true; echo "${PIPESTATUS[0]}"'
	assert_output 141
	run with_mounts 'trap "" PIPE; (sleep 0.2; ovlctl stats || echo "status $?" >&2) | true'
	assert_line "ovlctl: standard output: Broken pipe"
	assert_line "status 1"
	run -1 with_mounts 'ovlctl stats >&-'
	assert_output --partial "standard output: Bad file descriptor"
	# Nothing was to be said.
	run -0 with_mounts 'ovlctl tune batch=7 --all --quiet >&-'
}

@test "ovlctl - tables fit the terminal, and are whole elsewhere" {
	local line
	run -0 with_mounts 'script -qec "stty cols 80; ovlctl stats -o DEVICE,MODE,CONTAINER,MOUNTPOINT --color=never" /dev/null'
	assert_line --partial "/mnt/var/lib"
	for line in "${lines[@]}"; do
		line=${line%$'\r'}
		((${#line} <= 80))
	done
	run -0 with_mounts 'ovlctl stats -o DEVICE,MODE,CONTAINER,MOUNTPOINT,UPPERDIR'
	assert_line --partial " /mnt/var/lib/docker/overlay2/abc123/merged "
	assert_line --partial " /mnt/var/lib/docker/overlay2/abc123/diff"
}

@test "ovlctl - a module that is too old is called so" {
	# /dev/null knows none of the ioctls.
	run with_mounts '
		mkdir /mnt/dev
		touch /mnt/dev/{null,ovlsync}
		mount --bind /dev/null /mnt/dev/null
		mount --bind /dev/null /mnt/dev/ovlsync
		mount --rbind /mnt/dev /dev
		ovlctl gc --all || echo "gc: status $?"
		ovlctl gc --all -o MOUNTPOINT,ERROR 2>/dev/null || :
		ovlctl sync --mount "/mnt/plain u/merged" || echo "sync: status $?"'
	assert_line "ovlctl: /mnt/plain u/merged: cannot collect: the ovlsync module that is loaded is too old for this ovlctl"
	assert_line "ovlctl: /mnt/plain u/merged: cannot sync: the ovlsync module that is loaded is too old for this ovlctl"
	assert_line --regexp "^/mnt/plain u/merged +the ovlsync module that is loaded is too old for this ovlctl"
	assert_line "gc: status 1"
	assert_line "sync: status 1"
	# What it has not is not known, and the rest is shown.
	run with_mounts 'rm /sys/fs/ovlsync/0:*/{sync/inflight_bytes,reaper/batch}; ovlctl stats --json'
	[[ $(jq -c '[.mounts[] | .sync_inflight_bytes, .reaper_batch, .suspects_nr] | unique' <<<"$output") == '[null,3]' ]]
	run -2 with_mounts 'rm /sys/fs/ovlsync/0:*/reaper/batch; ovlctl tune batch=7 --all'
	assert_output --partial "batch: the mount is gone, or the module that is loaded has no such tunable"
}

@test "ovlctl - a mount that is gone is called so" {
	local command
	for command in stats tune 'tune batch=7' mode 'mode full' 'top -b -n 1'; do
		run -2 with_mounts "rm -r /sys/fs/ovlsync/0:*; ovlctl $command --mount '/mnt/plain u/merged'"
		assert_output "ovlctl: /mnt/plain u/merged: ovlsync is not attached to this overlay"
	done
	# One of two.
	run -3 with_mounts 'rm -r "$(echo /sys/fs/ovlsync/0:* | cut -d " " -f 1)"
		ovlctl tune batch=7 --mount "/mnt/plain u" --mount /mnt/var/lib/docker/overlay2/abc123/merged \
			--mount "/mnt/plain u/merged"'
	run -2 with_mounts 'mount=$(echo /sys/fs/ovlsync/0:* | cut -d " " -f 1)
		{ sleep 0.5; rm -r "$mount"; } &
		ovlctl top -b -d 1 --device "${mount##*/}"'
	assert_line --partial "1 mount, 3 suspects"
	assert_line --partial "ovlsync is not attached to this overlay"
}

@test "ovlctl - paths are those of --pid, and links stay within its root" {
	run with_mounts '
		mkdir -p /mnt/root/{mnt,l,u,lib,lib64,usr,bin}
		unshare --mount bash -c "
			for d in lib lib64 usr bin; do mount --bind /\$d /mnt/root/\$d; done
			mount -t tmpfs tmpfs /mnt/root/u
			mkdir /mnt/root/u/{u,w}
			mount -t overlay -o lowerdir=/mnt/root/l,upperdir=/mnt/root/u/u,workdir=/mnt/root/u/w o /mnt/root/mnt
			ln -s /mnt /mnt/root/link
			ln -s ../../../../mnt/. /mnt/root/up
			exec chroot /mnt/root sleep 60" &
		pid=$!
		until [[ $(readlink /proc/$pid/root) == /mnt/root ]]; do sleep 0.1; done
		while read -r _ _ device _ at _; do
			[[ $at == /mnt ]] && break
		done </proc/$pid/mountinfo
		cp -r "$(echo /sys/fs/ovlsync/0:* | cut -d " " -f 1)" "/sys/fs/ovlsync/$device"
		ovlctl stats --mount /mnt/root/mnt || echo "status $?"
		for path in /mnt /link /up; do
			ovlctl stats -n -o MOUNTPOINT,DEVICE --pid $pid --mount $path
		done
		ovlctl sync --pid $pid --mount /link 2>&1
		ovlctl sync --pid $pid --device "$device" 2>&1
		ovlctl stats --pid 1073741824 || echo "status $?"
		echo "$device"
		kill $pid'
	assert_success
	assert_line --partial "not on an overlay"
	local device=${lines[-1]}
	[[ $(grep -c "^/mnt *$device$" <<<"$output") == 3 ]]
	[[ $(grep -c "^/mnt: synced" <<<"$output") == 2 ]]
	[[ $(grep -c "^status 2$" <<<"$output") == 2 ]]
}

@test "ovlctl - a mount that is hidden is not done, and sync of all says so" {
	run -3 with_mounts '
		rm -r /sys/fs/ovlsync/0:*
		mount -t tmpfs tmpfs "/mnt/plain u/merged"
		ovlctl sync --all'
	assert_output --partial "/mnt/plain u/merged: cannot sync: "
}

@test "ovlctl - a standard file that is closed is not taken for another one" {
	# Without sysfs, so that the mount is the first that is opened.
	run with_mounts 'umount /sys/fs; strace -f -y -e trace=syncfs \
		bash -c "exec ovlctl sync --all <&-" 2>&1'
	assert_success
	assert_output --regexp 'syncfs\([0-9]+</mnt/plain u/merged>'
	refute_output --partial "/dev/null"
	run -1 with_mounts 'ovlctl stats >&-'
	assert_output --partial "Bad file descriptor"
}

@test "ovlctl - a signal that is ignored, as by nohup, ends no sync" {
	run with_mounts '
		trap "" HUP
		strace -f -o /dev/null -e inject=syncfs:delay_enter=2000000 \
			ovlctl sync --mount "/mnt/plain u/merged" 2>&1 &
		until pkill -HUP -P $! -x ovlctl; do sleep 0.1; done
		# Until it has ended.
		while pkill -HUP -P $! -x ovlctl; do sleep 0.1; done
		wait $!'
	assert_success
	assert_output --partial "synced"
	refute_output --partial "interrupted"
}

@test "ovlctl - a mount that is named twice is done once" {
	run with_mounts 'd=$(stat -c %Hd:%Ld "/mnt/plain u/merged")
		ovlctl stats -n -o DEVICE --device "$d" --mount "/mnt/plain u/merged" --mount "/mnt/plain u/merged/."
		ovlctl sync --device "$d" --mount "/mnt/plain u/merged" 2>/dev/null'
	assert_success
	assert_equal "${#lines[@]}" 2
}

@test "ovlctl - looking again and again leaves nothing open" {
	run with_mounts 'ulimit -n 20; ovlctl top --batch --pid $$ --delay 0.02 -n 40 -o MODE | grep -c MODE'
	assert_success
	assert_output 40
}

@test "ovlctl - tune shows one tunable and sets another" {
	run with_mounts 'ovlctl tune interval_ms batch=7 --mount "/mnt/plain u/merged"'
	assert_success
	assert_line --regexp ': interval_ms: [0-9]+$'
	assert_line --regexp ': batch: [0-9]+ -> 7$'
}

@test "ovlctl - doctor --quiet prints problems only, in JSON, too" {
	run with_mounts 'ovlctl doctor --quiet --json || (($? < 3))'
	assert_success
	jq -e '[.findings[].level] | all(. == "problem")' <<<"$output"
}

@test "ovlctl - JSON of nothing is JSON" {
	local command
	for command in stats mode tune sync; do
		run -2 --separate-stderr with_mounts "ovlctl $command --json --mount /nowhere"
		[[ $(jq -c 'del(.schema_version) | to_entries | map(.value)' <<<"$output") == '[[]]' ]]
		[[ $stderr == *"/nowhere"* ]]
	done
}
