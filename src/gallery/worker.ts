/** A gallery thread. */
import { expose } from 'comlink';
import { GalleryService } from './service.ts';

expose(new GalleryService());
