/**
 * Sends messages whose time has come. A message is begun first, from when on its sender can't change it any more; it is sent under a key
 * made of its id, so that whoever does it twice sends one message; and it is ended. Whatever stops in between is found again, and so is
 * one that could not be sent for reasons of ours.
 */
import type { Commands } from '../../commands/commands.ts';
import { CLOCK_SKEW_MAX_MS, type ContextFor } from '../../commands/handling/command-context.ts';
import { isExpired } from '../../domain/chat/disappearing.ts';
import type { MessageDraft, ScheduledMessageEvent } from '../../domain/chat/scheduled/events.ts';
import { scheduledMessage } from '../../domain/chat/scheduled/scheduled-message.ts';
import { isErased, type Recorded } from '../../domain/shared/event.ts';
import type { ScheduledMessageId } from '../../domain/shared/ids.ts';
import { plus, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { REFUSALS } from '../../domain/shared/refusals.ts';
import { scheduledMessageStream } from '../../domain/shared/streams.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { DomainReader } from '../dependencies.ts';
import { contextForKey, freshContext } from '../jobs/command-contexts.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';

/** A message is sent so much later than its time at most, where nothing is in the way. */
const EVERY_MS = 5 * SECOND_MS;
const SWEPT_MAX = 200;
const WORKER = 'scheduled-messages';

type Dependencies = {
  readonly reader: Pick<DomainReader, 'log' | 'codec' | 'loadState'>;
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'beginScheduledMessage' | 'postMessage' | 'endScheduledMessage'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const sweepScheduledMessages = (dependencies: Dependencies): Sweep => ({
  name: 'scheduled-messages',
  everyMs: EVERY_MS,
  sweep: async () => {
    const { views, clock } = dependencies;
    const due = await views.find('scheduled-messages', { range: { field: 'dueAt', until: clock() }, order: { dueAt: 1 }, limit: SWEPT_MAX });
    await withEach(due, ({ scheduled }) => send(dependencies, scheduled));
    return due.length;
  },
});

async function send(dependencies: Dependencies, scheduled: ScheduledMessageId): Promise<void> {
  const { reader, commands, contextFor, clock } = dependencies;
  const giving = (type: string, body: unknown) => ({ contextFor, worker: WORKER, type, body, at: clock() });
  await commands.beginScheduledMessage({ scheduled }, freshContext(giving('begin-scheduled-message', { scheduled })));
  const { state } = await reader.loadState(scheduledMessage, scheduledMessageStream(scheduled));
  if (state.status !== 'begun') return; // it was changed or cancelled, or another has ended it, which the view doesn't know yet
  const { channel, sender, since } = state;
  const draft = await draftOf(reader, scheduled, clock());
  const became = 'refusal' in draft ? draft : await sendOnce(draft);
  if (became === 'later') return;
  await commands.endScheduledMessage({ scheduled, became }, freshContext(giving('end-scheduled-message', { scheduled, became })));

  async function sendOnce(said: MessageDraft) {
    const context = contextForKey(scheduled, giving('send-scheduled-message', { scheduled }));
    // It may have been sent long ago, by whoever was stopped then, and not before it was begun.
    const lookingBack = { ...context, since: plus(since, -CLOCK_SKEW_MAX_MS) };
    const handled = await commands.postMessage({ channel, sender, ...said, clientId: scheduled }, lookingBack);
    if (handled.outcome !== 'refused') return { message: handled.revision };
    const { code } = handled.refusal;
    return REFUSALS[code].kind === 'unavailable' ? 'later' : { refusal: code };
  }
}

type NoDraft = { readonly refusal: 'message-disappeared' | 'person-erased' };

/** As it was when it was begun. */
async function draftOf({ log, codec }: Pick<DomainReader, 'log' | 'codec'>, scheduled: ScheduledMessageId, now: Instant): Promise<MessageDraft | NoDraft> {
  let last: Extract<ScheduledMessageEvent, { type: 'chat.message-scheduled.v1' | 'chat.scheduled-message-changed.v1' }> | undefined;
  for await (const stored of log.readStream(scheduledMessageStream(scheduled))) {
    const event = (await codec.decode(stored)) as Recorded<ScheduledMessageEvent>;
    if (event.type === 'chat.message-scheduled.v1' || event.type === 'chat.scheduled-message-changed.v1') last = event;
  }
  if (last !== undefined && !isErased(last.data.draft)) return last.data.draft;
  return { refusal: last !== undefined && isExpired(last.data, now) ? 'message-disappeared' : 'person-erased' };
}
