# Commands of phieu through one `phieu batch`, for scripts that give hundreds:
#	batch_start PHIEU; batch round compute R; echo "$batch_rc"; batch_end
# What a command said is in $batch_out and $batch_err; its exit code in
# $batch_rc.  batch_end returns that of the batch itself (a leak, a crash).
# shellcheck shell=bash disable=SC2034 # who sources this reads them
batch_start() {
	coproc BATCH { exec "$1" batch --keep-going; }
	batch_pid=$BATCH_PID
}
batch() {
	local line='[' word answer
	for word; do
		word=${word//\\/\\\\}
		word=${word//\"/\\\"}
		word=${word//$'\n'/\\n}
		word=${word//$'\t'/\\t}
		line+="\"$word\","
	done
	printf '%s]\n' "${line%,}" >&"${BATCH[1]}"
	IFS= read -r answer <&"${BATCH[0]}" || {
		echo "the batch ended at: $*"
		exit 1
	}
	batch_rc=${answer#*\"exit\":}
	batch_rc=${batch_rc%%,*}
	answer=${answer//\\\"/\\x22} # printf knows all escapes but this
	answer=${answer#*\"out\":\"}
	printf -v batch_out %b "${answer%%\",\"err\":\"*}"
	answer=${answer#*\",\"err\":\"}
	printf -v batch_err %b "${answer%\"\}}"
}
# 0 and 3 are ends of its own: all done, some refused
batch_end() {
	local rc=0 to=${BATCH[1]}
	exec {to}>&-
	wait "$batch_pid" || rc=$?
	[ $rc -eq 0 ] || [ $rc -eq 3 ]
}
