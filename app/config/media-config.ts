import { join } from 'node:path';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { MediaBucketOptions } from '../../ports/media/s3.ts';
import type { PicturePoolOptions } from '../../ports/pictures/picture-pool.ts';
import type { Settings } from './read-settings.ts';

export type MediaConfig = {
  /** Where it is kept, unless in a bucket. All processes of the distributed profile need the same. */
  readonly folder: string;
  readonly bucket: MediaBucketOptions | undefined;
  readonly pictures: PicturePoolOptions;
  readonly uploadBytesMax: number;
};

export function mediaOf(settings: Settings): MediaConfig {
  const { TIDINGS_MEDIA_S3_BUCKET: bucket, TIDINGS_MEDIA_S3_ACCESS_KEY: accessKey, TIDINGS_MEDIA_S3_SECRET_KEY: secretKey } = settings;
  return {
    folder: settings.TIDINGS_MEDIA_FOLDER ?? join(settings.TIDINGS_DATA, 'media'),
    bucket:
      bucket === undefined
        ? undefined
        : {
            url: settings.TIDINGS_MEDIA_S3_URL,
            region: settings.TIDINGS_MEDIA_S3_REGION,
            bucket,
            accessKey: accessKey ?? '',
            secretKey: secretKey ?? '',
            checksums: settings.TIDINGS_MEDIA_S3_CHECKSUMS,
            timeoutMs: settings.TIDINGS_MEDIA_S3_TIMEOUT_MS,
          },
    pictures: {
      processesMax: settings.TIDINGS_MEDIA_PROCESSES_MAX,
      memoryBytesMax: settings.TIDINGS_MEDIA_PROCESS_MAX_BYTES,
      deadlineMs: settings.TIDINGS_MEDIA_DEADLINE_SECONDS * SECOND_MS,
    },
    uploadBytesMax: settings.TIDINGS_UPLOAD_MAX_BYTES,
  };
}
