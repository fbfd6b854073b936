import { smsStops } from '../../domain/notifications/stops/sms-stops.ts';
import { smsStopsStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { phoneIdOf } from './phone-id.ts';

/** `sender`: the number or service of ours whose texts the phone takes no more. */
export const stopSms =
  ({ handle, logins }: Uses<'logins'>) =>
  ({ phone: number, sender }: { readonly phone: string; readonly sender: string }, context: CommandContext) => {
    const phone = phoneIdOf(logins.secret, number);
    return handle(smsStops, smsStopsStream(phone), { type: 'stop', phone, senders: [sender], at: context.at }, context);
  };
