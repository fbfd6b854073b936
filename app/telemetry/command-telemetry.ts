/** Reports every command that was decided, by the category of its stream and its outcome. */
import type { CommandHandling } from '../../commands/handling/handle.ts';
import type { CommandResult } from '../../commands/handling/results.ts';

/** `outcome`: `appended`, `repeated`, `unchanged`, the code of a refusal, or `failed`. */
export type CommandEvent = { readonly category: string; readonly outcome: string };

export function withCommandTelemetry(handling: CommandHandling, report: (event: CommandEvent) => void): CommandHandling {
  const handle: CommandHandling['handle'] = async (decider, stream, ...rest) => {
    const category = stream.slice(0, stream.indexOf('-'));
    try {
      const handled = await handling.handle(decider, stream, ...rest);
      report({ category, outcome: outcomeOf(handled) });
      return handled;
    } catch (error) {
      report({ category, outcome: 'failed' });
      throw error;
    }
  };
  return { ...handling, handle };
}

function outcomeOf(handled: CommandResult): string {
  switch (handled.outcome) {
    case 'appended':
      return handled.repeated ? 'repeated' : 'appended';
    case 'unchanged':
      return 'unchanged';
    case 'refused':
      return handled.refusal.code;
  }
}
