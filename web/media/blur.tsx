/** Stands in for a picture until it is there: what its blur hash tells of its colours (blurha.sh). */
import { decode } from 'blurhash';
import { useEffect, useRef } from 'preact/hooks';

const PIXELS = 24;

export function Blur({ hash }: { readonly hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    try {
      const image = new ImageData(PIXELS, PIXELS);
      image.data.set(decode(hash, PIXELS, PIXELS));
      canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
    } catch {
      // A hash that can't be read leaves the plain ground.
    }
  }, [hash]);
  return <canvas ref={canvas} class="blur" width={PIXELS} height={PIXELS} aria-hidden="true" />;
}
