import { fitContent } from '../../../domain/notifications/content.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { msBetween, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Attempt } from '../../../ports/sender/port.ts';
import type { LogReader } from '../../dependencies.ts';
import { renderContent } from '../plan/load-notification.ts';
import type { SendCheck } from './may-still-send.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';

export type Message = Omit<Attempt, 'signal' | 'attempt'>;

/** The message of an attempt, or why there can be none. */
export async function prepareMessage(
  { reader, clock }: { readonly reader: LogReader; readonly clock: () => Instant },
  { plan }: PlannedDelivery,
  { request: { requested }, destination: { channel, endpoint } }: Extract<SendCheck, { action: 'send' }>,
): Promise<Message | { readonly failed: string }> {
  const { delivery, notification, recipient: person, category, priority, expiresAt } = plan;
  const [target, rendered] = await Promise.all([resolveEndpoint(reader, { person, channel, endpoint }), renderContent(reader, requested)]);
  if (target === undefined) return { failed: 'endpoint-removed' };
  if (rendered === 'erased') return { failed: 'content-erased' };
  if ('fault' in rendered) return { failed: 'template-fault' };
  const collapseKey = requested.collapseKey ?? delivery;
  const ttlSeconds = Math.max(1, Math.floor(msBetween(clock(), expiresAt) / SECOND_MS));
  return { delivery, notification, target, content: fitContent(rendered.content, channel), category, priority, collapseKey, ttlSeconds };
}
