/** What the payloads of push services have in common: they have a limit, and the body gives way to it. */
import { cutBodyToFit, type ChannelContent } from '../../domain/notifications/content.ts';
import { bytesIn } from '../../domain/shared/text/text.ts';
import type { Attempt } from './port.ts';

/** What FCM, APNs and JPush take, and Web Push when it is encrypted. */
export const PUSH_PAYLOAD_MAX_BYTES = 4_096;

/** Made of as much of the body as `isTaken` allows; undefined where not even an empty body leaves enough room. */
export function payloadThatFits<Payload>(
  content: ChannelContent,
  payloadOf: (content: ChannelContent) => Payload,
  isTaken: (payload: Payload) => boolean,
): Payload | undefined {
  const fitting = payloadOf(cutBodyToFit(content, (candidate) => isTaken(payloadOf(candidate))));
  if (isTaken(fitting)) return fitting;
  const empty = payloadOf({ ...content, body: '' });
  return isTaken(empty) ? empty : undefined;
}

export const jsonBytes = (value: unknown): number => bytesIn(JSON.stringify(value));

/**
 * What the device's app is given beside what is shown: the app's own entries, the link and the buttons, and over them what it needs to
 * open the thing that the push tells of. All values are text, for FCM takes no others.
 */
export function dataForDevice({ content: { url, push }, data }: Pick<Attempt, 'content' | 'data'>): Readonly<Record<string, string>> {
  const actions = push?.actions ?? [];
  return {
    ...push?.data,
    ...(url !== undefined && { url }),
    ...(actions.length > 0 && { actions: JSON.stringify(actions) }),
    ...data,
  };
}
