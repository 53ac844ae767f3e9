/** A frame from the camera. The stream ends with the sheet; nothing of it is kept but the frame that is taken. */
import { useEffect, useRef, useState } from 'react';
import { Camera, CircleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { openCamera, takeFrame } from '../../actions/camera.ts';
import { openSheet } from '../../actions/sheets.ts';
import { failureOf, type Failure } from '../../store/failure.ts';
import { useApp, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { Told } from '../parts/Told.tsx';
import styles from './Sheets.module.css';

export default function CameraSheet() {
  const app = useApp();
  const t = useT();
  const video = useRef<HTMLVideoElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [live, setLive] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let left = false;
    const stop = (): void => stream?.getTracks().forEach((track) => track.stop());
    const show = async (): Promise<void> => {
      stream = await openCamera();
      if (left) stop();
      else if (video.current) video.current.srcObject = stream;
    };
    show().catch((error: unknown) => setFailure(failureOf(error)));
    return () => {
      left = true;
      stop();
    };
  }, []);
  const take = async (): Promise<void> => {
    if (video.current) await takeFrame(app, video.current);
    openSheet(app, null);
  };
  return (
    <>
      <div className={styles.camera}>
        {/* What the camera sees has no sound and needs no captions. */}
        <video ref={video} autoPlay playsInline muted onLoadedData={() => setLive(true)} aria-label={t('camera.view')} />
        {failure && <p className={styles.problem} role="alert"><CircleAlert size={18} strokeWidth={1.9} aria-hidden /><span><Told failure={failure} /></span></p>}
      </div>
      <div className={styles.row}>
        <Button className={parts.primary ?? ''} isDisabled={!live} onPress={() => void take()}><span className={styles.withIcon}><Camera size={16} aria-hidden />{t('camera.take')}</span></Button>
        <p className={styles.quiet}>{t('camera.note')}</p>
      </div>
    </>
  );
}
