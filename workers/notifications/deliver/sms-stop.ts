/** Whether a phone has stopped texts from the number or service of ours that one is about to go out from, and that a vendor says so. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { SenderIdentity } from '../../../domain/notifications/apps/events.ts';
import { isStopped, smsStops } from '../../../domain/notifications/stops/sms-stops.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { smsStopsStream } from '../../../domain/shared/streams.ts';
import type { Sender, Target } from '../../../ports/sender/port.ts';
import type { DomainReader } from '../../dependencies.ts';
import { freshContext } from '../../jobs/command-contexts.ts';

/** A text, and the number or service that it goes out from. */
export type SmsRoute = { readonly phone: string; readonly sender: string };

/** `account`: the number or service that it sends from where the app has none of its own. Undefined where it is no text. */
export function smsRouteOf(target: Target, identity: SenderIdentity | undefined, account: string): SmsRoute | undefined {
  return target.channel === 'sms' ? { phone: target.phone, sender: identity?.sms?.from ?? account } : undefined;
}

/** Of an account that names none, its own name stands for it. */
export const accountNumberOf = ({ from, vendor }: Pick<Sender, 'from' | 'vendor'>): string => from ?? vendor;

type Dependencies = { readonly reader: Pick<DomainReader, 'loadState'>; readonly commands: Pick<Commands, 'phoneIdOf'> };

export async function hasStopped({ reader, commands }: Dependencies, { phone, sender }: SmsRoute): Promise<boolean> {
  const { state } = await reader.loadState(smsStops, smsStopsStream(commands.phoneIdOf(phone)));
  return isStopped(state, sender);
}

type Recording = { readonly commands: Pick<Commands, 'stopSms'>; readonly contextFor: ContextFor };

/** The vendor refuses the text because of a STOP that we never heard of, or not yet. */
export async function recordStop({ commands, contextFor }: Recording, { phone, sender }: SmsRoute, at: Instant): Promise<void> {
  await commands.stopSms({ phone, sender }, freshContext({ contextFor, worker: 'deliver', type: 'stop-sms', body: { sender }, at }));
}
