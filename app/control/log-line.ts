/** An event as operators and analysts are told of it. */
import type { Instant } from '../../domain/shared/instant.ts';

export type LogLine = {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly at: Instant | null;
  readonly actor: string | null;
  readonly app?: string;
  readonly id: string;
  readonly correlationId: string | null;
  readonly causationId?: string;
  /** A personal field is `{"sealed":true}` unless revealed was asked for, and `{"erased":true}` where its key is gone. */
  readonly data: object | null;
  /** The reason why the event can't be decoded; `data` is null then. */
  readonly undecodable?: string;
};
