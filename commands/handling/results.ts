/** What a command comes to. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { DomainEvent } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { Position } from '../../ports/event-log/port.ts';

export type CommandResult =
  | {
      readonly outcome: 'appended';
      readonly stream: string;
      /** Of the command's last event. */
      readonly revision: number;
      readonly position: Position;
      /** This very command was handled before: this is its first result again. */
      readonly repeated: boolean;
      /** Where it is repeated, when it was handled first: just now, where only the log's answer was lost. */
      readonly firstAt?: Instant;
      /** What was appended just now; empty where it is repeated. */
      readonly events: readonly DomainEvent[];
    }
  /** The stream already says what the command asks for. `revision` is its head, or -1 where there is no stream. */
  | { readonly outcome: 'unchanged'; readonly stream: string; readonly revision: number; readonly position: Position | undefined }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type RefusedResult = Extract<CommandResult, { outcome: 'refused' }>;

/** The result of a command that creates something, with the id of what it creates (also where it is refused). */
export type CreateResult<Id extends string> = { readonly id: Id; readonly handled: CommandResult };

export const refused = (code: RefusalCode, facts?: Refusal['facts']): RefusedResult => ({
  outcome: 'refused',
  refusal: facts === undefined ? { code } : { code, facts },
});
