/** Commands that a gateway gives by itself, as `system:gateway-<id>`. They are new each time, and so were never handled before. */
import { v7 } from 'uuid';
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { sentenceOf, type RefusalCode } from '../../domain/shared/refusals.ts';
import type { Status } from '../../ports/presence/port.ts';

export type PresenceRecorder = {
  readonly commands: Pick<Commands, 'changePresence' | 'recordGatewayLoss'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
  readonly gateway: string;
};

/** A status that has lasted, so that it belongs into the log. */
export type StablePresence = { readonly person: PersonId; readonly status: Status['status']; readonly since: Instant; readonly lastActiveAt: Instant };

/** A gateway that ended without saying so: everybody on it is offline from then on. */
export type LostGateway = { readonly gateway: string; readonly lastSeenAt: Instant };

/** Nothing was recorded, although there was something to record. */
class RecordingRefused extends Error {
  override readonly name = 'RecordingRefused';
  constructor(code: RefusalCode) {
    super(sentenceOf(code));
  }
}

/** Throws where it was not recorded. */
export function recordPresence(recorder: PresenceRecorder, stable: StablePresence): Promise<void> {
  const { commands, gateway } = recorder;
  return runAsGateway(recorder, { type: 'change-presence', body: stable }, (context) => commands.changePresence({ ...stable, gateway }, context));
}

export function recordGatewayLoss(recorder: PresenceRecorder, lost: LostGateway): Promise<void> {
  return runAsGateway(recorder, { type: 'lose-gateway', body: lost }, (context) => recorder.commands.recordGatewayLoss(lost, context));
}

async function runAsGateway(
  { contextFor, clock, gateway }: PresenceRecorder,
  command: { readonly type: string; readonly body: object },
  run: (context: CommandContext) => Promise<CommandResult>,
): Promise<void> {
  const made = contextFor({ ...command, actor: `system:gateway-${gateway}`, key: v7(), fresh: true, at: clock() });
  if (made.outcome === 'refused') throw new RecordingRefused(made.refusal.code);
  const result = await run(made.context);
  // Any other refusal is an answer: there is nothing to record then.
  if (result.outcome === 'refused' && result.refusal.code === 'write-contention') throw new RecordingRefused(result.refusal.code);
}
