import { describeContract } from '../apiContract/contract';
import { startRealApi } from './realApi';

describeContract('A real kube-apiserver', startRealApi);
