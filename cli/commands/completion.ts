/** `tidings completion`: prints a script that completes the command line in a shell. */
import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { commandTreeOf, type CompletedCommand } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CliContext } from '../context.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const satisfies Record<string, (root: CompletedCommand) => string>;
type Shell = keyof typeof SHELLS;

export function addCompletionCommand(program: Command, { terminal }: CliContext): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and values in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
The script completes the command tidings: make it one by npm link, or by alias tidings='npx tidings'.

Examples:
  $ source <(npx tidings completion bash)
  $ source <(npx tidings completion zsh)
  $ npx tidings completion fish | source`,
    )
    .action(async (shell: Shell) => await terminal.print(SHELLS[shell](commandTreeOf(program)).trimEnd()));
}
