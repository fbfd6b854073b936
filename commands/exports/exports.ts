/** Exports: a person asks for one and may take it away again; a worker makes it part by part, and ends and removes it. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember } from '../../domain/chat/channel-state.ts';
import { exportOf, type ExportCommand } from '../../domain/exports/export.ts';
import type { ExportSubject } from '../../domain/exports/events.ts';
import type { ExportId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream, exportStream } from '../../domain/shared/streams.ts';
import { newSecret } from '../../ports/media/encrypted-objects.ts';
import type { CommandContext } from '../handling/command-context.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling, LoadState } from '../handling/handle.ts';
import type { CommandResult, CreateResult } from '../handling/results.ts';

type OfExport = { readonly export: ExportId };
type Worked<Type extends ExportCommand['type']> = Omit<Extract<ExportCommand, { type: Type }>, 'type' | 'at'>;

export const requestExport =
  ({ handle, loadState }: CommandHandling) =>
  async (
    { person: owner, subject }: { readonly person: PersonId; readonly subject: ExportSubject },
    context: CommandContext,
  ): Promise<CreateResult<ExportId>> => {
    const id = createdIdOf<ExportId>(context.command, 'export');
    const mayRead = await mayExport(loadState, owner, subject);
    const command = { type: 'request', export: id, owner, subject, mayRead, secret: newSecret(), at: context.at } as const;
    return { id, handled: await handle(exportOf, exportStream(id), command, context) };
  };

/** Whether the log says at this moment that the person may read what is to be exported. */
export async function mayExport(loadState: LoadState, person: PersonId, subject: ExportSubject): Promise<boolean> {
  return subject.kind === 'person' || isMember((await loadState(channel, channelStream(subject.channel))).state, person);
}

export const deleteExport =
  ({ handle }: CommandHandling) =>
  ({ person: owner, export: id }: OfExport & { readonly person: PersonId }, context: CommandContext): Promise<CommandResult> =>
    handle(exportOf, exportStream(id), { type: 'delete', export: id, owner, at: context.at }, context);

/** Given by a worker, as those that follow. */
export const recordExportPart =
  ({ handle }: CommandHandling) =>
  (made: Worked<'record-part'>, context: CommandContext): Promise<CommandResult> =>
    handle(exportOf, exportStream(made.export), { type: 'record-part', ...made, at: context.at }, context);

export const finishExport =
  ({ handle }: CommandHandling) =>
  (finished: Worked<'finish'>, context: CommandContext): Promise<CommandResult> =>
    handle(exportOf, exportStream(finished.export), { type: 'finish', ...finished, at: context.at }, context);

export const endExport =
  ({ handle }: CommandHandling) =>
  (ended: Worked<'end'>, context: CommandContext): Promise<CommandResult> =>
    handle(exportOf, exportStream(ended.export), { type: 'end', ...ended, at: context.at }, context);

/** Its bytes are gone. */
export const removeExport =
  ({ handle }: CommandHandling) =>
  (removed: Worked<'remove'>, context: CommandContext): Promise<CommandResult> =>
    handle(exportOf, exportStream(removed.export), { type: 'remove', ...removed, at: context.at }, context);
