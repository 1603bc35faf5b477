namespace Vitrine.Tensors;

/// <summary>exp(x − max) / Σ exp(x − max).</summary>
internal readonly unsafe struct SoftmaxMap : IRowMap
{
    public void Invoke(float* a, float* b, float* y, int count, bool accumulate)
    {
        float max = MaxReduction.Of(a, count);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            float e = MathF.Exp(a[i] - max);
            y[i] = e;
            sum += e;
        }

        float scale = (float)(1 / sum);
        for (int i = 0; i < count; i++)
        {
            y[i] *= scale;
        }
    }
}

/// <summary>y (dY − Σ dY y).</summary>
internal readonly unsafe struct SoftmaxBackwardMap : IRowMap
{
    public void Invoke(float* a, float* b, float* y, int count, bool accumulate)
    {
        double dot = 0;
        for (int i = 0; i < count; i++)
        {
            dot += (double)a[i] * b[i];
        }

        float mean = (float)dot;
        for (int i = 0; i < count; i++)
        {
            float value = a[i] * (b[i] - mean);
            y[i] = accumulate ? y[i] + value : value;
        }
    }
}
