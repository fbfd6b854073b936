import { allCommands, type CompletedCommand, type CompletedOption } from './command-tree.ts';

/** A script that completes commands, options and their values for fish: `tidings completion fish | source`. */
export function fishCompletion(root: CompletedCommand): string {
  const lines = allCommands(root).flatMap((command) => [
    ...command.commands.map((child) => `complete -c tidings -n ${condition(command)} -a ${child.path.at(-1) ?? ''} -d ${quoted(child.description)}`),
    ...(command.choices.length === 0 ? [] : [`complete -c tidings -n ${condition(command)} -a ${quoted(command.choices.join(' '))}`]),
    ...command.options.map((option) => optionLine(command, option)),
  ]);
  return `# Completion of tidings for fish: tidings completion fish | source\ncomplete -c tidings -f\n${lines.join('\n')}\n`;
}

/** True where this command was typed and none of those below it. */
function condition({ path, commands }: CompletedCommand): string {
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const names = commands.map((child) => child.path.at(-1) ?? '');
  const unseen = names.length === 0 ? [] : [`not __fish_seen_subcommand_from ${names.join(' ')}`];
  return quoted([...seen, ...unseen].join('; and '));
}

function optionLine(command: CompletedCommand, { flag, description, value, choices }: CompletedOption): string {
  const line = `complete -c tidings -n ${condition(command)} -l ${flag.replace(/^--/, '')} -d ${quoted(description)}`;
  switch (value) {
    case 'none':
      return line;
    case 'text':
      return `${line} -x`;
    case 'file':
      return `${line} -r -F`;
    case 'folder':
      return `${line} -x -a '(__fish_complete_directories)'`;
    case 'choice':
      return `${line} -x -a ${quoted(choices.join(' '))}`;
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
