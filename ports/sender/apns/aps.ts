/** What Apple's devices are told to show, as APNs takes it, and FCM for the devices of Apple that it serves. */
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import { bytesIn } from '../../../domain/shared/text/text.ts';
import type { Attempt } from '../port.ts';

const COLLAPSE_ID_MAX_BYTES = 64;

export type Aps = {
  readonly alert: { readonly title?: string; readonly body: string };
  readonly badge?: number;
  readonly sound?: string | { readonly critical: 1; readonly name: string; readonly volume: number };
  /** Names the buttons that the app registered; which they are stands in the data, for an app that makes them when the push arrives. */
  readonly category?: string;
  readonly 'interruption-level'?: string;
  /** Lets the app fetch the picture before the push is shown. */
  readonly 'mutable-content'?: 1;
};

export function apsOf({ title, body, push = {} }: ChannelContent, category: string): Aps {
  const { badge, sound, interruptionLevel, actions = [], image } = push;
  const shownSound = interruptionLevel === 'critical' ? ({ critical: 1, name: sound ?? 'default', volume: 1 } as const) : sound;
  return {
    alert: { ...(title !== undefined && { title }), body },
    ...(badge !== undefined && { badge }),
    ...(shownSound !== undefined && { sound: shownSound }),
    ...(actions.length > 0 && { category }),
    ...(interruptionLevel !== undefined && { 'interruption-level': interruptionLevel }),
    ...((image !== undefined || actions.length > 0) && { 'mutable-content': 1 }),
  };
}

/** 10: at once; 5: when it suits the device's battery. */
export const apnsPriorityOf = ({ priority, content: { push } }: Pick<Attempt, 'priority' | 'content'>): '10' | '5' =>
  priority === 'high' && push?.interruptionLevel !== 'passive' ? '10' : '5';

/** A longer key by its digest: APNs refuses it whole. */
export function collapseIdOf(collapseKey: string, digestOf: (text: string) => string): string {
  return bytesIn(collapseKey) <= COLLAPSE_ID_MAX_BYTES ? collapseKey : digestOf(collapseKey);
}
