namespace Vitrine.Tensors;

/// <summary>The fused SGD pass; parallel over blocks of the parameter.</summary>
internal unsafe struct SgdBody : IParallelBody
{
    private const int Block = 16 * 1024;

    private float* _parameter;
    private float* _gradient;
    private float* _velocity;
    private long _length;
    private float _learningRate;
    private float _momentum;
    private float _decay;
    private float _gradientScale;
    private bool _zeroGradient;

    public static void Run(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float>? velocity,
        in SgdSettings settings,
        float gradientScale,
        bool zeroGradient)
    {
        SgdBody body = default;
        body._parameter = parameter.Pointer;
        body._gradient = gradient.Pointer;
        body._velocity = velocity is null ? null : velocity.Pointer;
        body._length = parameter.Length;
        body._learningRate = settings.LearningRate;
        body._momentum = settings.Momentum;
        body._decay = (float)(1 - ((double)settings.LearningRate * settings.WeightDecay));
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
            float update = _gradient[i] * _gradientScale;
            if (_velocity != null)
            {
                update += _momentum * _velocity[i];
                _velocity[i] = update;
            }

            _parameter[i] = (_parameter[i] * _decay) - (_learningRate * update);
            if (_zeroGradient)
            {
                _gradient[i] = 0;
            }
        }
    }
}
