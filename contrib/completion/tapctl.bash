# SPDX-License-Identifier: BSD-2-Clause
# bash completion of tapctl(8).  What may follow, tapctl itself says.
_tapctl()
{
	local IFS=$'\n'
	local words=("${COMP_WORDS[@]:1:COMP_CWORD}") cur line=${COMP_LINE:0:COMP_POINT}

	# bash parts words at "=" and ":"; sysctl values and addresses are not completed, so nothing is lost.
	cur=${words[${#words[@]}-1]}
	[[ $line == *[=:]"$cur" ]] && return
	COMPREPLY=($("${COMP_WORDS[0]}" complete "${words[@]}" 2>/dev/null))
}
complete -F _tapctl tapctl
