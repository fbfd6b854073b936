/** What is asked for while a process is killed, and of which workers. Whoever got no answer asks again under the same key. */
import type { AppId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import type { TestWorkers } from '../../test-fixture.ts';

export const REQUESTS = 20;
/** More than a range of them. */
export const RECIPIENTS = 250;

/** The clock stands still while messages are sent, and whoever waited for the vendor's pace would wait for ever. */
export const CONFIG = { paces: { 'outbox-push': { perSecond: 1_000_000, burst: 1_000_000 } } };

export type Actors = { readonly app: AppId; readonly recipients: readonly PersonId[] };

export async function request({ commands, contextFor, clock }: TestWorkers, { app, recipients }: Actors, n: number): Promise<NotificationId> {
  const body = {
    source: { kind: 'app', app },
    recipients,
    category: 'news',
    channels: ['push'],
    content: { title: `Number ${n}`, body: 'Something happened' },
  } as const;
  const asked = contextFor({ actor: `app:${app}`, type: 'request-notification', key: `number-${n}`, body, at: clock() });
  if (asked.outcome === 'refused') throw new Error(asked.refusal.code);
  const { id, handled } = await commands.requestNotification(body, asked.context);
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}
