namespace Vitrine.Tensors;

/// <summary>(x − max) − ln Σ exp(x − max).</summary>
internal readonly unsafe struct LogSoftmaxMap : IRowMap
{
    public void Invoke(float* a, float* b, float* y, int count, bool accumulate)
    {
        float max = MaxReduction.Of(a, count);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += MathF.Exp(a[i] - max);
        }

        float logSum = (float)Math.Log(sum);
        for (int i = 0; i < count; i++)
        {
            y[i] = a[i] - max - logSum;
        }
    }
}

/// <summary>dY − exp(y) Σ dY.</summary>
internal readonly unsafe struct LogSoftmaxBackwardMap : IRowMap
{
    public void Invoke(float* a, float* b, float* y, int count, bool accumulate)
    {
        float sum = (float)SumReduction.Of(b, count);
        for (int i = 0; i < count; i++)
        {
            float value = b[i] - (MathF.Exp(a[i]) * sum);
            y[i] = accumulate ? y[i] + value : value;
        }
    }
}
