/** Where media is kept: in a bucket, where one is named, and else in a folder. The client of buckets is loaded only for one. */
import { startMediaFolder } from '../../ports/media/folder.ts';
import { MediaUnavailable, type MediaStore } from '../../ports/media/port.ts';
import { CannotStart } from '../cannot-start.ts';
import type { MediaConfig } from '../config/media-config.ts';

/** Throws `CannotStart`. */
export async function startMedia({ folder, bucket }: Pick<MediaConfig, 'folder' | 'bucket'>): Promise<MediaStore> {
  if (bucket === undefined) return startMediaFolder(folder);
  const { startMediaBucket } = await import('../../ports/media/s3.ts');
  try {
    return await startMediaBucket(bucket);
  } catch (error) {
    if (!(error instanceof MediaUnavailable)) throw error;
    throw new CannotStart(`The bucket of media can’t be used: ${error.message} See TIDINGS_MEDIA_S3_BUCKET.`, { cause: error });
  }
}
