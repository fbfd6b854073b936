/** Sends a picture, a video or a file piece by piece, from where an earlier import left off. */
import { IMPORTED_PIECE_BYTES } from '../../app/control/imports/protocol.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { ControlClient } from '../control-client.ts';
import { CliFailure, EXIT } from '../failure.ts';

/** Of one, which is held in memory while it is sent. */
export const MEDIA_BYTES_MAX = 100 * 1_024 * 1_024;

/** Absent: it is a picture or a video. */
export type Purpose = NonNullable<OperationRequest<'import-media'>['purpose']>;
type Sending = { readonly client: ControlClient; readonly person: PersonId; readonly source: string; readonly purpose?: Purpose | undefined };

/** Why it was refused; undefined where it is ready. */
export async function sendMedium(
  { client, person, source, purpose }: Sending,
  key: string,
  bytes: Uint8Array,
): Promise<{ readonly code: string; readonly says: string } | undefined> {
  for (let offset = 0; ;) {
    const piece = Buffer.from(bytes.subarray(offset, offset + IMPORTED_PIECE_BYTES)).toString('base64');
    const [line] = await Array.fromAsync(
      client.call('import-media', { person, source, key, bytes: bytes.length, offset, piece, ...(purpose !== undefined && { purpose }) }),
    );
    if (line === undefined) throw new CliFailure(EXIT.failed, 'The process has not answered what became of a picture.');
    if (line.outcome === 'refused') return line;
    if (line.outcome === 'ready') return undefined;
    offset = line.offset;
  }
}
