/** Of one upload; a video is kept whole. */
export const UPLOAD_BYTES_MAX = 100 * 1_024 * 1_024;
