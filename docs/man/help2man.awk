# A man page from what --help says.  Input: the program's help, then, for each
# command, a line `@ NAME OF COMMAND` and its help.
# -v name=PROGRAM -v about='what it is' -v more='a paragraph, or empty'
# -v partly='what exit status 3 means' -v files='path|what|path|what'
# -v see='phieu-upload phieu-server'
function esc(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	gsub(/'/, "\\(aq", s)
	gsub(/`/, "\\(ga", s)
	gsub(/\^/, "\\(ha", s)
	gsub(/~/, "\\(ti", s)
	return s ~ /^\./ ? "\\&" s : s
}
# Sections of the page are gathered, a command's come as they are read.
function put(where, s) {
	if (where == "syn")
		syn = syn s "\n"
	else if (where == "opt")
		opt = opt s "\n"
	else
		desc = desc s "\n"
}
function usage_line(s) {
	sub(/^usage: /, "", s)
	s = esc(s)
	if (index(s, esc(name)) == 1)
		s = "\\fB" esc(name) "\\fR" substr(s, length(esc(name)) + 1)
	return s
}
function usage_end() {
	if (!in_usage)
		return
	in_usage = 0
	if (command)
		put("desc", ".fi")
}
function usage_begin() {
	in_usage = 1
	if (command)
		put("desc", ".PP\n.nf")
}
function option(s, at) {
	s = substr(s, 3)
	at = match(s, /  +/)
	put(command ? "desc" : "opt", ".TP\n.B " esc(at ? substr(s, 1, at - 1) : s))
	if (at)
		put(command ? "desc" : "opt", esc(substr(s, at + RLENGTH)))
	else
		put(command ? "desc" : "opt", "\\&")
	in_option = 1
	open = 0
}
/^@ / {
	usage_end()
	command = substr($0, 3)
	put("desc", ".SS " esc(name) " " esc(command))
	in_option = 0
	open = 1
	next
}
/^$/ { usage_end(); in_option = 0; open = 0; next }
/^usage: / { usage_begin() }
in_usage && (/^usage: / || /^    / || index($0, name) == 1) {
	put(command ? "desc" : "syn", usage_line($0))
	next
}
/^  -/ { usage_end(); option($0); next }
in_option && /^    / {
	sub(/^ +/, "")
	put(command ? "desc" : "opt", esc($0))
	next
}
!command && /^  [a-z]/ { next } # the list of commands, told below one by one
/^Exit status: / { skip = 1 } # has its section
skip { if (/\.$/) skip = 0; next }
{
	usage_end()
	if (!open)
		put("desc", ".PP")
	open = 1
	put("desc", esc($0))
}
function section(title, text) {
	if (text != "")
		printf ".SH %s\n%s", title, text
}
END {
	usage_end()
	n = split(files, file, "|")
	for (i = 1; i < n; i += 2)
		f = f ".TP\n.I " esc(file[i]) "\n" esc(file[i + 1]) "\n"
	n = split(see, other, " ")
	for (i = 1; i <= n; i++)
		s = s ".BR " esc(other[i]) " (1)" (i < n ? "," : "") "\n"
	printf "'\\\" -*- coding: utf-8 -*-\n"
	printf ".\\\" Written by `make docs` from what --help says.\n"
	printf ".TH %s 1 \"\" phieu \"phieu\"\n", toupper(name)
	section("NAME", esc(name) " \\- " esc(about) "\n")
	section("SYNOPSIS", ".nf\n" syn ".fi\n")
	cut = index(desc, ".SS ")
	head = cut ? substr(desc, 1, cut - 1) : desc
	sub(/^\.PP\n/, "", head)
	if (more != "")
		head = esc(more) "\n" (head != "" ? ".PP\n" head : "")
	section("DESCRIPTION", head)
	section("OPTIONS", opt)
	section("COMMANDS", cut ? substr(desc, cut) : "")
	section("EXIT STATUS", ".TP\n.B 0\ndone\n.TP\n.B 1\nfailed\n" \
		".TP\n.B 2\nwrong usage, settings or input\n" \
		".TP\n.B 3\n" esc(partly) "\n")
	section("FILES", f)
	section("SEE ALSO", s)
}
