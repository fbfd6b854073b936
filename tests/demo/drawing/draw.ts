/** Turns drawings into the files that cameras make. */
import sharp from 'sharp';

const QUALITY = 82;

export const photoOf = (drawing: string): Promise<Buffer> => sharp(Buffer.from(drawing)).jpeg({ quality: QUALITY }).toBuffer();
