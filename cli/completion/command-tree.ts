/** The commands and options of the command line, as completion scripts need them. */
import type { Command, Option } from 'commander';

export type CompletedOption = {
  /** `--stream`. */
  readonly flag: string;
  readonly description: string;
  /** `text`: any value. `choice`: one of `choices`. */
  readonly value: 'none' | 'text' | 'file' | 'folder' | 'choice';
  readonly choices: readonly string[];
};

export type CompletedCommand = {
  /** `['log', 'read']`; the program itself has none. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  /** The values of its argument, if it takes one of a few. */
  readonly choices: readonly string[];
};

export function commandTreeOf(command: Command, path: readonly string[] = []): CompletedCommand {
  return {
    path,
    description: command.description(),
    commands: command.commands.map((child) => commandTreeOf(child, [...path, child.name()])),
    options: [...command.options.map(optionOf), { flag: '--help', description: 'display help for command', value: 'none', choices: [] }],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
}

/** The command and all below it. */
export const allCommands = (root: CompletedCommand): readonly CompletedCommand[] => [root, ...root.commands.flatMap(allCommands)];

const PATHS: Readonly<Record<string, 'file' | 'folder'>> = { '<file>': 'file', '<folder>': 'folder' };

function optionOf({ long, short, flags, description, argChoices, required, optional }: Option): CompletedOption {
  const takesValue = required || optional;
  const path = PATHS[/[<[][^\]>]+[\]>]/.exec(flags)?.[0] ?? ''];
  const value = !takesValue ? 'none' : argChoices !== undefined ? 'choice' : (path ?? 'text');
  return { flag: long ?? short ?? '', description, value, choices: argChoices ?? [] };
}
