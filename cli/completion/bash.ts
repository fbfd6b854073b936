import { allCommands, type CompletedCommand, type CompletedOption } from './command-tree.ts';

/** A script that completes commands, options and their values for bash: `source <(tidings completion bash)`. */
export function bashCompletion(root: CompletedCommand): string {
  const commands = allCommands(root);
  const steps = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(pathKey(path)));
  const withValue = [...new Set(commands.flatMap(({ options }) => options.filter(({ value }) => value !== 'none').map(({ flag }) => flag)))];
  return `# Completion of tidings for bash: source <(tidings completion bash)
_tidings() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$word" in
      ${withValue.join(' | ')}) ((i++)) ;;
      *)
        case "$path $word" in
          ${steps.join(' | ')}) path="$path $word" ;;
        esac
        ;;
    esac
  done
  case "$path:$previous" in
${commands.flatMap((command) => command.options.map((option) => valueCase(command, option))).join('')}  esac
  case "$path" in
${commands.map(wordsCase).join('')}  esac
}
complete -F _tidings tidings
`;
}

/** ` log read`; empty for the program itself. */
const pathKey = (path: readonly string[]): string => path.map((name) => ` ${name}`).join('');

const quoted = (text: string): string => `'${text}'`;

function valueCase({ path }: CompletedCommand, { flag, value, choices }: CompletedOption): string {
  const pattern = quoted(`${pathKey(path)}:${flag}`);
  switch (value) {
    case 'none':
      return '';
    case 'text':
      return `    ${pattern}) return ;;\n`;
    case 'file':
      return `    ${pattern}) COMPREPLY=($(compgen -f -- "$current")); return ;;\n`;
    case 'folder':
      return `    ${pattern}) COMPREPLY=($(compgen -d -- "$current")); return ;;\n`;
    case 'choice':
      return `    ${pattern}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current")); return ;;\n`;
  }
}

function wordsCase({ path, commands, options, choices }: CompletedCommand): string {
  const words = [...commands.map((command) => command.path.at(-1)), ...choices, ...options.map(({ flag }) => flag)].join(' ');
  return `    ${quoted(pathKey(path))}) COMPREPLY=($(compgen -W ${quoted(words)} -- "$current")) ;;\n`;
}
