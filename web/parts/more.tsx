/** The end of a list that goes on: loads more when it comes near, and by a button for who doesn't scroll. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../text/text.ts';

export function More({ onNear }: { readonly onNear: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onNear);
  latest.current = onNear;
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && latest.current(), { rootMargin: '800px' });
    if (end.current !== null) observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={end} class="more">
      <button type="button" class="quiet" onClick={onNear}>
        {t('app.more')}
      </button>
    </div>
  );
}
