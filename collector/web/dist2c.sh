#!/bin/sh
# Writes the built page as C.  usage: dist2c.sh FILE… >page_files.c
set -eu
echo '#include "../../../collector/service_page.h"'
i=0
for f in "$@"; do
	echo "static const unsigned char d$i[] = {"
	od -An -v -tu1 "$f" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo '};'
	i=$((i + 1))
done
echo 'const struct page_file page_files[] = {'
i=0
for f in "$@"; do
	sum=$(sha256sum "$f")
	echo "{ \"${f##*/}\", \"${sum%% *}\", d$i, sizeof d$i },"
	i=$((i + 1))
done
echo '};'
echo "const size_t n_page_files = $i;"
