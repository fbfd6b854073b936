/** Begins to index a channel that somebody searched, and goes on with it at once. */
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import type { CommandGiver, WorkerViews } from '../../dependencies.ts';
import { contextForKey } from '../../jobs/command-contexts.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { IndexMessages } from './index-messages.ts';

const WORKER = 'begin-indexing';
/** Where the view takes longer, the sweep finds the channel. */
const VIEW_DEADLINE_MS = 5 * SECOND_MS;

type Dependencies = Pick<CommandGiver, 'commands' | 'contextFor'> &
  Pick<WorkerViews, 'waitForViews'> & { readonly clock: () => Instant; readonly indexMessages: IndexMessages };

export const beginIndexing =
  ({ commands, contextFor, waitForViews, clock, indexMessages }: Dependencies) =>
  async ({ data }: Job): Promise<void> => {
    const { channel, person } = data as { readonly channel: ChannelId; readonly person: PersonId };
    const context = contextForKey(channel, { contextFor, worker: WORKER, type: 'begin-indexing', body: { channel }, at: clock() });
    const begun = await commands.beginIndexing({ channel, person }, context);
    if (begun.outcome === 'refused' || begun.position === undefined) return;
    if (await waitForViews(['search'], begun.position, { deadlineMs: VIEW_DEADLINE_MS })) await indexMessages();
  };
