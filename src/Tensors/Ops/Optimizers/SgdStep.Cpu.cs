using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>The fused SGD pass; parallel over blocks of the parameter.</summary>
internal unsafe struct SgdBody : IVectorBody
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
        WidestVectors.For((parameter.Length + Block - 1) / Block, body);
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        long first = (long)index * Block;
        long last = Math.Min(first + Block, _length);
        long i = first;
        for (; i <= last - TLanes.Count; i += TLanes.Count)
        {
            Update<TLanes, T>(i);
        }

        for (; i < last; i++)
        {
            Update<Lanes1, float>(i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Update<TLanes, T>(long i)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T update = TLanes.Multiply(TLanes.Load(_gradient + i), TLanes.All(_gradientScale));
        if (_velocity != null)
        {
            update = TLanes.MultiplyAdd(TLanes.All(_momentum), TLanes.Load(_velocity + i), update);
            TLanes.Store(update, _velocity + i);
        }

        T p = TLanes.Multiply(TLanes.Load(_parameter + i), TLanes.All(_decay));
        p = TLanes.Subtract(p, TLanes.Multiply(TLanes.All(_learningRate), update));
        TLanes.Store(p, _parameter + i);
        if (_zeroGradient)
        {
            TLanes.Store(TLanes.All(0), _gradient + i);
        }
    }
}
