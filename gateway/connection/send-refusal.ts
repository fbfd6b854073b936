/** Tells a client that a frame of its was refused. */
import type { Refusal } from '../../domain/shared/decider.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import type { ClientFrame } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';
import { sendFrame } from './send-queue.ts';

/** The type of the refused frame, and its id where it has one. */
export type RefusedFrame = { readonly about: string; readonly id?: string };

export const refusedFrameOf = (frame: ClientFrame): RefusedFrame => ('id' in frame ? { about: frame.type, id: frame.id } : { about: frame.type });

export function sendRefusal(connection: Connection, { code, facts }: Refusal, refused: RefusedFrame): void {
  connection.transport.reportRefusal(code);
  sendFrame(connection, { type: 'refused', ...refused, code, detail: sentenceOf(code, facts), ...(facts === undefined ? {} : { facts }) });
}
