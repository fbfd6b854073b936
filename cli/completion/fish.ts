import { allCommands, type CompletedCommand, type CompletedOption } from './command-tree.ts';

/** A script that completes commands, options and their values for fish: `tidings completion fish | source`. */
export function fishCompletion(root: CompletedCommand): string {
  const lines = allCommands(root).flatMap((command) => [
    ...command.commands.map((child) => `complete -c tidings -n ${condition(command)} -a ${child.path.at(-1) ?? ''} -d ${quoted(child.description)}`),
    ...(command.choices.length === 0 ? [] : [`complete -c tidings -n ${condition(command)} -a ${quoted(command.choices.join(' '))}`]),
    ...command.options.map((option) => optionLine(command, option)),
  ]);
  return `# Completion of tidings for fish: tidings completion fish | source\n${whereFunction(root)}complete -c tidings -f\n${lines.join('\n')}\n`;
}

/** True where these are the commands that were typed: the value of an option is no command, whatever it says. */
function whereFunction(root: CompletedCommand): string {
  const commands = allCommands(root);
  const withValue = [...new Set(commands.flatMap(({ options }) => options.filter(({ value }) => value !== 'none').map(({ flag }) => flag)))];
  const steps = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  return `function __tidings_at
  set -l at
  set -l isValue 0
  for word in (commandline -opc)[2..]
    if test $isValue = 1
      set isValue 0
    else if contains -- $word ${withValue.join(' ')}
      set isValue 1
    else if contains -- "$at $word" ${steps.map((step) => step.replace("'", "' ")).join(' ')}
      set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
`;
}

const condition = ({ path }: CompletedCommand): string => quoted(`__tidings_at "${path.map((name) => ` ${name}`).join('')}"`);

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
