# SPDX-License-Identifier: BSD-2-Clause
# bash completion of taprun(1): its options, as --help prints them; then the program's own completion.
_taprun()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			((i++))
			break;;
		--tap|--net|--dialect|--publish|--config|--record)
			[[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
			((i++));;
		-*)	;;
		*)	break;;
		esac
	done
	if ((i < COMP_CWORD)) || [[ ${COMP_WORDS[i-1]} == -- && i -eq COMP_CWORD ]] || [[ $cur != -* && i -eq COMP_CWORD ]]; then
		declare -F _command_offset >/dev/null && _command_offset $i
	elif ((i == COMP_CWORD)); then
		COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" --help 2>/dev/null | grep -o -e '--[a-z-]*[a-z]=\?')" -- "$cur"))
		[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
	else
		COMPREPLY=($(compgen -f -- "${cur#=}"))
	fi
}
complete -o filenames -F _taprun taprun
