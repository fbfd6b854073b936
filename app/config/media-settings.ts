/** The settings of media: where it is kept, and what preparing it may take. */
import { z } from 'zod';
import { UPLOAD_BYTES_MAX } from '../../write-api/media/limits.ts';
import { wholeNumber } from './setting-values.ts';

const MIB = 2 ** 20;
const URL_OF_SERVER = 'an http:// or https:// address';

export const mediaSettings = {
  TIDINGS_MEDIA_FOLDER: z.string().min(1, 'a folder').optional(),
  TIDINGS_MEDIA_S3_BUCKET: z.string().min(1, 'the name of a bucket').optional(),
  TIDINGS_MEDIA_S3_URL: z.url({ protocol: /^https?$/, error: URL_OF_SERVER }).optional(),
  TIDINGS_MEDIA_S3_REGION: z.string().min(1, 'the name of a region').default('us-east-1'),
  TIDINGS_MEDIA_S3_ACCESS_KEY: z.string().min(1, 'the id of an access key').optional(),
  TIDINGS_MEDIA_S3_SECRET_KEY: z.string().min(1, 'the secret of the access key').optional(),
  TIDINGS_MEDIA_S3_CHECKSUMS: z.enum(['when-required', 'when-supported'], 'when-required or when-supported').default('when-required'),
  TIDINGS_MEDIA_S3_TIMEOUT_MS: wholeNumber(10_000, { unit: 'milliseconds', min: 100, max: 60_000 }),
  TIDINGS_MEDIA_PROCESSES_MAX: wholeNumber(2, { max: 64 }),
  TIDINGS_MEDIA_PROCESS_MAX_BYTES: wholeNumber(512 * MIB, { unit: 'bytes', min: 64 * MIB, max: 2 ** 36 }),
  TIDINGS_MEDIA_DEADLINE_SECONDS: wholeNumber(60, { unit: 'seconds', max: 240 }),
  TIDINGS_MEDIA_PURGE_URL: z.url({ protocol: /^https$/, error: 'an https:// address' }).optional(),
  TIDINGS_MEDIA_PURGE_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'whsec_ and at least 24 bytes in base64')
    .optional(),
  TIDINGS_UPLOAD_MAX_BYTES: wholeNumber(UPLOAD_BYTES_MAX, { unit: 'bytes', min: 1_024, max: 2 ** 30 }),
} as const;

export const MEDIA_SECRETS = ['TIDINGS_MEDIA_S3_SECRET_KEY', 'TIDINGS_MEDIA_PURGE_SECRET'] as const;
