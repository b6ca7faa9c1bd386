import { everyPoint } from './points.ts'

everyPoint('a day goes well though Beadle is killed in it, and a fifth of all calls fail', 0.2)
