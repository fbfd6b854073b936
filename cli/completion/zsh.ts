import { allCommands, type CompletedCommand, type CompletedOption } from './command-tree.ts';

/** A script that completes commands, options and their values for zsh: `source <(tidings completion zsh)`. */
export function zshCompletion(root: CompletedCommand): string {
  const commands = allCommands(root);
  const steps = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(pathKey(path)));
  const withValue = [...new Set(commands.flatMap(({ options }) => options.filter(({ value }) => value !== 'none').map(({ flag }) => flag)))];
  return `#compdef tidings
# Completion of tidings for zsh: source <(tidings completion zsh)
_tidings() {
  local at='' word previous=$words[CURRENT-1]
  local -i i
  local -a candidates
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case "$word" in
      ${withValue.join('|')}) ((i++)) ;;
      *)
        case "$at $word" in
          ${steps.join('|')}) at="$at $word" ;;
        esac
        ;;
    esac
  done
  case "$at:$previous" in
${commands.flatMap((command) => command.options.map((option) => valueCase(command, option))).join('')}  esac
  case "$at" in
${commands.map(candidatesCase).join('')}  esac
  _describe tidings candidates
}
compdef _tidings tidings
`;
}

const pathKey = (path: readonly string[]): string => path.map((name) => ` ${name}`).join('');

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** \`_describe\` takes \`word:description\`. */
const candidate = (word: string, description: string): string => quoted(`${word.replaceAll(':', String.raw`\:`)}:${description}`);

function valueCase({ path }: CompletedCommand, { flag, value, choices }: CompletedOption): string {
  const pattern = quoted(`${pathKey(path)}:${flag}`);
  switch (value) {
    case 'none':
      return '';
    case 'text':
      return `    ${pattern}) return ;;\n`;
    case 'file':
      return `    ${pattern}) _files; return ;;\n`;
    case 'folder':
      return `    ${pattern}) _files -/; return ;;\n`;
    case 'choice':
      return `    ${pattern}) compadd -- ${choices.join(' ')}; return ;;\n`;
  }
}

function candidatesCase({ path, commands, options, choices }: CompletedCommand): string {
  const candidates = [
    ...commands.map((command) => candidate(command.path.at(-1) ?? '', command.description)),
    ...choices.map(quoted),
    ...options.map(({ flag, description }) => candidate(flag, description)),
  ];
  return `    ${quoted(pathKey(path))}) candidates=(${candidates.join(' ')}) ;;\n`;
}
