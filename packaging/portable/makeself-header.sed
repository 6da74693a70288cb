# What is changed in the start of the file that makeself 2.4.5 makes. KILOBYTES is put in by bundle.sh.
# The unpacked size is counted from the files, not by du, which differs from one file system to the next.
s/\$USIZE/KILOBYTES/g
# --target names the folder to install into; makeself would unpack there, over whatever there is.
/^    --target)/,/;;/c\
    --target)\
	SOCKSTAGE_TARGET="\\$2"\
	export SOCKSTAGE_TARGET\
    shift 2 || { MS_Help; exit 1; }\
	;;
s/^  --target dir .*/  --target dir          Install into this folder (absolute or relative)/
/This directory may undergo recursive chown/d
# --quiet reaches install.sh too.
s/^if test x"\\$quiet" = xy -a/SOCKSTAGE_QUIET="\\$quiet"; export SOCKSTAGE_QUIET\n&/
# A damaged file leaves no empty folder behind.
s/^    MS_Check "\\\$0"$/    (MS_Check "\\$0") || { test x"\\$keep" = xy || rmdir "\\$tmpdir"; exit 2; }/
