/**
 * Requests the notifications of occurrences that are due: which they are is in the log before any of them is requested. A notification's id
 * follows from its schedule and the time that names the occurrence, so that requesting it twice makes one. Of a schedule that is cancelled,
 * the one whose time has not come for everybody is cancelled too.
 */
import { withinQuota } from '../../../commands/notifications/app-quotas.ts';
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { requestOf } from '../../../commands/notifications/schedules/schedules.ts';
import type { RequestedOccurrence, ScheduleEvent } from '../../../domain/notifications/schedules/events.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { ScheduleId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { scheduleStream } from '../../../domain/shared/streams.ts';
import type { RateLimit } from '../../../ports/rate-limit/port.ts';
import type { TidingsReactor } from '../../../projections/read-models/projectors.ts';
import type { DomainReader } from '../../dependencies.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';

const WORKER = 'request-occurrences';

type Handled = Extract<ScheduleEvent, { type: 'notifications.occurrences-due.v1' | 'notifications.schedule-cancelled.v1' }>;
type Created = Extract<ScheduleEvent, { type: 'notifications.schedule-created.v1' }>['data'];

type Dependencies = {
  readonly reader: Pick<DomainReader, 'log' | 'codec'>;
  readonly commands: Pick<Commands, 'requestNotification' | 'refuseOccurrence' | 'cancelSchedule' | 'cancelNotification'>;
  readonly contextFor: ContextFor;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly clock: () => Instant;
};

export const requestOccurrences = (dependencies: Dependencies): TidingsReactor<Handled> => ({
  kind: 'reactor',
  name: WORKER,
  version: 1,
  paceMs: 100,
  handles: ['notifications.occurrences-due.v1', 'notifications.schedule-cancelled.v1'],
  after: [],
  react: async (event) => {
    if (event.type === 'notifications.occurrences-due.v1' && event.data.due.length === 0) return;
    const created = await loadCreated(dependencies.reader, event.data.schedule);
    if (created === undefined) return;
    if (event.type === 'notifications.schedule-cancelled.v1') return withdraw(dependencies, event, created);
    // One after the other: a later one with the same collapse key is the one that stays.
    for (const occurrence of event.data.due) await requestOccurrence(dependencies, event, { created, occurrence });
  },
});

/** Its words are not in the schedule's state, so that they are erased with their person. */
async function loadCreated({ log, codec }: Dependencies['reader'], schedule: ScheduleId): Promise<Created | undefined> {
  for await (const stored of log.readStream(scheduleStream(schedule), { from: 0, limit: 1 })) {
    const first = await codec.decode(stored);
    return first.type === 'notifications.schedule-created.v1' ? first.data : undefined;
  }
  return undefined;
}

async function requestOccurrence(
  { commands, contextFor, rateLimit, clock }: Dependencies,
  event: Recorded<Handled>,
  { created, occurrence: { local, notification } }: { readonly created: Created; readonly occurrence: RequestedOccurrence },
): Promise<void> {
  const { schedule, app, request, recurrence, content, parameters } = created;
  const at = clock();
  const contextOf = (type: string) => contextForEvent(event, { contextFor, worker: WORKER, type, of: notification, body: notification, at });
  if (isErased(content) || isErased(parameters)) {
    // Nobody will ever have these words again.
    return expectSettled(await commands.cancelSchedule({ schedule }, contextOf('cancel-schedule')));
  }
  const asked = requestOf({ app, request, ...(content !== undefined && { content }), ...(parameters !== undefined && { parameters }) });
  const onClocks = recurrence.clock === 'recipient' && { sendAtLocal: { time: local, zone: recurrence.zone } };
  // It is worth telling for so long as counted from then, also where nobody has requested it for days.
  const sinceDue = recurrence.clock === 'zone' && event.data.at < at && { sendAt: event.data.at };
  const options = { notification, enrolment: 'planned' } as const;
  const { result } = await withinQuota({ rateLimit }, app, (admit) =>
    commands.requestNotification({ ...asked, ...onClocks, ...sinceDue }, contextOf('request-notification'), { ...options, admit }),
  );
  const { handled } = result;
  if (handled.outcome !== 'refused') return;
  expectSettled(handled);
  expectSettled(await commands.refuseOccurrence({ schedule, local, code: handled.refusal.code }, contextOf('refuse-occurrence')));
}

/** Throws where nobody has decided yet: then this is done again. */
function expectSettled(handled: CommandResult): void {
  if (handled.outcome === 'refused' && handled.refusal.code === 'write-contention') throw new Error('Too many commands are changing the same thing.');
}

async function withdraw(
  { commands, contextFor, clock }: Dependencies,
  event: Recorded<Extract<Handled, { type: 'notifications.schedule-cancelled.v1' }>>,
  { app }: Created,
): Promise<void> {
  const { withdrawn } = event.data;
  if (withdrawn === undefined) return;
  const context = contextForEvent(event, { contextFor, worker: WORKER, type: 'cancel-notification', body: withdrawn, at: clock() });
  expectSettled(await commands.cancelNotification({ notification: withdrawn, app }, context));
}
