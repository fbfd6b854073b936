/** How an archive lies in its parts: one behind the other, and the directory behind the last. */
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { ExportPart } from './events.ts';
import { zipDirectoryOf } from './zip.ts';

export type ArchiveLayout = { readonly parts: readonly ExportPart[]; readonly directory: Uint8Array; readonly bytes: number };

/** One that its owner can have until then, by its secret. */
export type OpenArchive = ArchiveLayout & { readonly owner: PersonId; readonly secret: string; readonly expiresAt: Instant };

export function layoutOf(parts: readonly ExportPart[]): ArchiveLayout {
  const directory = zipDirectoryOf(parts.flatMap(({ entries }) => entries));
  return { parts, directory, bytes: parts.reduce((sum, { bytes }) => sum + bytes, directory.length) };
}
