/**
 * Records what a vendor calls back about, once it is verified. Each thing is decided by what the log says already, so a callback that
 * comes twice, late or out of order changes nothing; whatever can't be recorded now is an error, for a vendor that isn't answered sends it
 * again. What bounced for good or was complained about is blocked before the delivery tells of it.
 */
import { delivery as deliveryDecider } from '../../domain/notifications/delivery/delivery.ts';
import type { CallbackCommand } from '../../domain/notifications/delivery/delivery-commands.ts';
import { attemptOf, endpointOf, type PlannedDelivery } from '../../domain/notifications/delivery/delivery-state.ts';
import { smsStops } from '../../domain/notifications/stops/sms-stops.ts';
import { contacts } from '../../domain/people/contacts.ts';
import type { HardBlock } from '../../domain/people/events.ts';
import { REACHED_AT } from '../../domain/people/notification-channels.ts';
import { preferences } from '../../domain/people/preferences.ts';
import { canonicalUuid, type DeliveryId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream, deliveryStream, preferencesStream, smsStopsStream } from '../../domain/shared/streams.ts';
import type { CallbackFact, VendorCallback } from '../../ports/sender/callbacks.ts';
import type { CommandContext, ContextFor } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { phoneIdOf } from './phone-id.ts';

/** Deliveries and phones of one request that are recorded at once. */
const AT_ONCE_MAX = 16;

/**
 * `recorded`: something was appended. `unchanged`: it was known, or comes too late. `delivery-unknown`: it is of no delivery of ours. `ignored`: it
 * says nothing that is kept, such as that a program opened the message.
 */
export type CallbackOutcome = 'recorded' | 'unchanged' | 'delivery-unknown' | 'ignored';
export type CallbackCounts = Readonly<Record<CallbackOutcome, number>>;

export type RecordCallbacks = {
  /** The account's name, as its sender has it. */
  readonly vendor: string;
  readonly callbacks: readonly VendorCallback[];
  readonly contextFor: ContextFor;
  readonly at: Instant;
  readonly correlationId: string;
};

/** Throws where one of them could not be recorded; the others are. */
export const recordCallbacks =
  (dependencies: Uses<'logins'>) =>
  async (request: RecordCallbacks): Promise<CallbackCounts> => {
    const counts = { recorded: 0, unchanged: 0, 'delivery-unknown': 0, ignored: 0 };
    const count = (outcome: CallbackOutcome, by: number) => void (counts[outcome] += by);
    const kept = request.callbacks.filter(({ what, isMachine }) => what !== 'other' && isMachine !== true);
    count('ignored', request.callbacks.length - kept.length);
    const answers = kept.filter(isAnswer);
    const reports = Map.groupBy(
      kept.filter((one) => !isAnswer(one)),
      ({ delivery }) => deliveryIdIn(delivery),
    );
    const nobodys = reports.get(undefined) ?? [];
    count('delivery-unknown', nobodys.length);
    reports.delete(undefined);
    // Those of one phone in their order.
    const phones = Map.groupBy(answers, ({ from }) => from);
    const work = [
      ...Array.from(phones.values(), (its) => async () => {
        for (const one of its) count(await recordAnswer(dependencies, request, one), 1);
      }),
      ...Array.from(
        reports,
        ([delivery, its]) =>
          async () =>
            count(await recordReports(dependencies, request, delivery as DeliveryId, its), its.length),
      ),
    ];
    await runAll(work);
    return counts;
  };

const isAnswer = ({ what }: VendorCallback): boolean => what === 'stop' || what === 'start';

const DELIVERY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Any text may have ridden with a message that wasn't ours. */
function deliveryIdIn(text: string | undefined): DeliveryId | undefined {
  const id = canonicalUuid(text ?? '');
  return DELIVERY_ID.test(id) ? (id as DeliveryId) : undefined;
}

/** A STOP or START, to the number and to the service that it came by. */
async function recordAnswer({ handle, logins }: Uses<'logins'>, request: RecordCallbacks, callback: VendorCallback): Promise<CallbackOutcome> {
  const { what, from, to, service } = callback;
  const senders = [to, service].filter((one) => one !== undefined);
  if (from === undefined || senders.length === 0) return 'ignored';
  const phone = phoneIdOf(logins.secret, from);
  const command = { type: what === 'stop' ? 'stop' : 'start', phone, senders, at: request.at } as const;
  return outcomeOf(await handle(smsStops, smsStopsStream(phone), command, contextOf(request, callback, `sms-${command.type}`)));
}

async function recordReports(
  dependencies: CommandHandling,
  request: RecordCallbacks,
  delivery: DeliveryId,
  callbacks: readonly VendorCallback[],
): Promise<CallbackOutcome> {
  const { handle, loadState } = dependencies;
  const { state } = await loadState(deliveryDecider, deliveryStream(delivery));
  if (state.status === 'none') return 'delivery-unknown';
  const { at, vendor } = request;
  const own = callbacks.flatMap((callback) => ofOwnAttempt(state, vendor, callback));
  if (own.length === 0) return 'delivery-unknown';
  for (const callback of own) await recordConsequence(dependencies, request, state, callback);
  const commands = own.map((callback) => commandOf(callback, vendor, at)).filter((command) => command !== undefined);
  if (commands.length === 0) return 'ignored';
  const context = newContext(request, { delivery, commands });
  return outcomeOf(await handle(deliveryDecider, deliveryStream(delivery), { type: 'callbacks', callbacks: commands, at }, context));
}

/** An account is believed about the attempts that it made itself: its signature says nothing of those of others. */
function ofOwnAttempt(state: PlannedDelivery, vendor: string, { attempt: told, ...callback }: VendorCallback): readonly VendorCallback[] {
  const own = attemptOf(state, vendor, told);
  if (own === undefined) return [];
  return [own.attempt === undefined ? callback : { ...callback, attempt: own.attempt }];
}

/** What follows for the person: the address is blocked, or the category not wanted any more. */
async function recordConsequence({ handle }: CommandHandling, request: RecordCallbacks, state: PlannedDelivery, callback: VendorCallback): Promise<void> {
  const { recipient, channel, category } = state.plan;
  const reason = blockIn(callback);
  const reachedAt = REACHED_AT[channel];
  if (reason !== undefined && (reachedAt === 'email' || reachedAt === 'phone')) {
    const endpoint = endpointOf(state, callback.attempt);
    if (endpoint === null) return;
    const command = { type: 'block-endpoint', endpoint, reason } as const;
    outcomeOf(await handle(contacts, contactsStream(recipient), command, contextOf(request, callback, 'block-endpoint')));
  }
  if (callback.what === 'unsubscribed') {
    const command = { type: 'opt-out', category, channel } as const;
    outcomeOf(await handle(preferences, preferencesStream(recipient), command, contextOf(request, callback, 'opt-out')));
  }
}

function blockIn({ what, endpointLost }: VendorCallback): HardBlock | undefined {
  if (what === 'complained') return 'complaint';
  return what === 'undelivered' ? endpointLost : undefined;
}

function commandOf(callback: VendorCallback, vendor: string, now: Instant): CallbackCommand | undefined {
  const { what, attempt, vendorId, callback: id, reason, delivery } = callback;
  const common = {
    vendor,
    vendorId: vendorId ?? delivery ?? id,
    callback: id,
    ...(attempt !== undefined && { attempt }),
    // The clocks of vendors go wrong too.
    at: callback.at < now ? callback.at : now,
  };
  return COMMANDS[what]?.(common, reason ?? what);
}

type Common = Omit<Extract<CallbackCommand, { type: 'taken' }>, 'type'>;

const COMMANDS: { readonly [What in CallbackFact]: ((common: Common, reason: string) => CallbackCommand) | undefined } = {
  accepted: (common) => ({ type: 'taken', ...common }),
  delivered: (common) => ({ type: 'confirm', ...common }),
  undelivered: (common, reason) => ({ type: 'undelivered', reason, ...common }),
  opened: (common) => ({ type: 'engagement', what: 'opened', ...common }),
  clicked: (common) => ({ type: 'engagement', what: 'clicked', ...common }),
  complained: (common) => ({ type: 'engagement', what: 'complained', ...common }),
  unsubscribed: (common) => ({ type: 'engagement', what: 'unsubscribed', ...common }),
  stop: undefined,
  start: undefined,
  other: undefined,
};

/** A callback that says what can't be any more is too late; whatever else refuses it, the vendor has to send it again. */
function outcomeOf(result: CommandResult): CallbackOutcome {
  switch (result.outcome) {
    case 'appended':
      return result.repeated ? 'unchanged' : 'recorded';
    case 'unchanged':
      return 'unchanged';
    case 'refused':
      if (result.refusal.code === 'write-contention') throw new CallbackNotRecorded('Too many commands change what the callback is about.');
      return 'unchanged';
  }
}

/** The vendor has to send it again. */
export class CallbackNotRecorded extends Error {
  override readonly name = 'CallbackNotRecorded';
}

/** The vendor's event has its effect once, also where that was taken back since, as by START after STOP. */
const contextOf = (request: RecordCallbacks, { callback }: VendorCallback, type: string): CommandContext =>
  accepted(request.contextFor({ ...ofVendor(request), type, key: `callback\n${callback}`, body: callback }));

const newContext = (request: RecordCallbacks, body: { readonly delivery: DeliveryId; readonly commands: readonly CallbackCommand[] }): CommandContext =>
  accepted(
    request.contextFor({
      ...ofVendor(request),
      type: 'record-callbacks',
      key: [body.delivery, ...body.commands.map(({ callback }) => callback)].join('\n'),
      fresh: true,
      body,
    }),
  );

const ofVendor = ({ vendor, at, correlationId }: RecordCallbacks) => ({ actor: `vendor:${vendor}`, at, correlationId });

function accepted(made: ReturnType<ContextFor>): CommandContext {
  // Only a key that contains a time can be refused as too old or too new, and these contain none.
  if (made.outcome === 'refused') throw new Error(`A callback can't be recorded: ${made.refusal.code}`);
  return made.context;
}

/** Throws the first error, once all have been tried. */
async function runAll(work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = work.values();
  const errors: unknown[] = [];
  const runOne = async () => {
    for (const run of waiting) await run().catch((error: unknown) => void errors.push(error));
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, runOne));
  if (errors.length > 0) throw errors[0];
}
