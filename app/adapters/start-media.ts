/** Where media is kept: in a bucket, where one is named, and else in a folder. The client of buckets is loaded only for one. */
import { startMediaFolder } from '../../ports/media/folder.ts';
import { MediaUnavailable, type MediaStore } from '../../ports/media/port.ts';
import { CannotStart } from '../cannot-start.ts';
import type { MediaConfig } from '../config/media-config.ts';

/** `readOnly`: for a replay, whose media is the installation's. Throws `CannotStart`. */
export async function startMedia(
  { folder, bucket }: Pick<MediaConfig, 'folder' | 'bucket'>,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<MediaStore> {
  const store = bucket === undefined ? await startMediaFolder(folder, { readOnly }) : await startBucket(bucket, { readOnly });
  return readOnly ? { ...store, put: refuse, remove: refuse } : store;
}

const refuse = (): Promise<never> => Promise.reject(new Error('Media of an installation is only read here.'));

async function startBucket(bucket: NonNullable<MediaConfig['bucket']>, options: { readonly readOnly: boolean }): Promise<MediaStore> {
  const { startMediaBucket } = await import('../../ports/media/s3.ts');
  try {
    return await startMediaBucket(bucket, options);
  } catch (error) {
    if (!(error instanceof MediaUnavailable)) throw error;
    throw new CannotStart(`The bucket of media can’t be used: ${error.message} See TIDINGS_MEDIA_S3_BUCKET.`, { cause: error });
  }
}
