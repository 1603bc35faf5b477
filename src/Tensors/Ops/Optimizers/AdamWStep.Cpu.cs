namespace Vitrine.Tensors;

/// <summary>The fused AdamW pass; parallel over blocks of the parameter.</summary>
internal unsafe struct AdamWBody : IParallelBody
{
    private const int Block = 16 * 1024;

    private float* _parameter;
    private float* _gradient;
    private float* _mean;
    private float* _variance;
    private long _length;
    private float _beta1;
    private float _beta2;
    private float _decay;
    private float _stepSize;
    private float _rootCorrection;
    private float _epsilon;
    private float _gradientScale;
    private bool _zeroGradient;

    public static void Run(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float> mean,
        Tensor<float> variance,
        long step,
        in AdamWSettings settings,
        float gradientScale,
        bool zeroGradient)
    {
        AdamWBody body = default;
        body._parameter = parameter.Pointer;
        body._gradient = gradient.Pointer;
        body._mean = mean.Pointer;
        body._variance = variance.Pointer;
        body._length = parameter.Length;
        body._beta1 = settings.Beta1;
        body._beta2 = settings.Beta2;
        body._decay = (float)(1 - ((double)settings.LearningRate * settings.WeightDecay));
        body._stepSize = (float)(settings.LearningRate / (1 - Math.Pow(settings.Beta1, step)));
        body._rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, step)));
        body._epsilon = settings.Epsilon;
        body._gradientScale = gradientScale;
        body._zeroGradient = zeroGradient;
        WorkerPool.For(checked((int)((parameter.Length + Block - 1) / Block)), ref body);
    }

    public readonly void Run(int index)
    {
        long first = (long)index * Block;
        long last = Math.Min(first + Block, _length);
        for (long i = first; i < last; i++)
        {
            float g = _gradient[i] * _gradientScale;
            float m = (_beta1 * _mean[i]) + ((1 - _beta1) * g);
            float v = (_beta2 * _variance[i]) + ((1 - _beta2) * g * g);
            _mean[i] = m;
            _variance[i] = v;
            float root = (MathF.Sqrt(v) * _rootCorrection) + _epsilon;
            _parameter[i] = (_parameter[i] * _decay) - (_stepSize * m / root);
            if (_zeroGradient)
            {
                _gradient[i] = 0;
            }
        }
    }
}
