namespace Vitrine.Tensors;

/// <summary>
/// Normalises rows. Layout: a row that is not contiguous goes through a buffer. Parallel over
/// groups of rows; a row is read from the first-level cache three times (sum, deviations, result).
/// The mean is the sum of two float32 numbers: x less the first is exact where x is near the mean,
/// so the deviations keep their digits however large the mean is.
/// </summary>
internal unsafe struct NormForward : IVectorBody
{
    public Rows Rows;
    public float* X;
    public float* Weight;
    public float* Bias;
    public float Eps;
    public float* Y;
    public float* Mean;
    public float* Rstd;
    public NormPieces Pieces;

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int dim = Rows.Length;
        nuint bytes = (nuint)dim * sizeof(float);
        var buffer = (float*)Device.Processor.Pool.Rent(bytes);
        for (long row = Pieces.First(index); row < Pieces.End(index); row++)
        {
            float* x = Rows.Gather(X, row, buffer);
            float* y = Y + (row * dim);
            if (Mean != null)
            {
                double mean = dim == 0 ? 0 : DoubleSum.Of(x, dim) / dim;
                Mean[row] = (float)mean;
                NormRows.Deviations<TLanes, T>(x, (float)mean, (float)(mean - (float)mean), y, dim);
                x = y;
            }

            double square = dim == 0 ? 0 : DoubleSum.OfProducts(x, x, dim) / dim;
            float rstd = (float)(1 / Math.Sqrt(square + Eps));
            Rstd[row] = rstd;
            NormRows.Apply<TLanes, T>(x, rstd, Weight, Bias, y, dim);
        }

        Device.Processor.Pool.Return(buffer, bytes);
    }
}

/// <summary>
/// The derivative. A piece adds its rows to dWeight and dBias in float32, 64 at a time, and those
/// sums in double precision to memory of its own; pieces are added in order afterwards.
/// </summary>
internal unsafe struct NormBackward : IVectorBody
{
    private const int RowsPerSum = 64;

    public Rows RowsX;
    public Rows RowsDY;
    public Rows RowsDX;
    public float* X;
    public float* DY;
    public float* DX;
    public float* Weight;
    public float* Mean;
    public float* Rstd;
    public bool SumsWeight;
    public bool SumsBias;
    public double* Sums;
    public NormPieces Pieces;

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int dim = RowsX.Length;
        nuint bytes = 6 * (nuint)dim * sizeof(float);
        var buffer = (float*)Device.Processor.Pool.Rent(bytes);
        float* normal = buffer + (2 * dim);
        float* weighted = buffer + (3 * dim);
        float* dWeight = buffer + (4 * dim);
        float* dBias = buffer + (5 * dim);
        double* sums = Sums + (2L * index * dim);
        new Span<double>(sums, 2 * dim).Clear();
        new Span<float>(dWeight, 2 * dim).Clear();
        int summed = 0;
        for (long row = Pieces.First(index); row < Pieces.End(index); row++)
        {
            float* x = RowsX.Gather(X, row, buffer);
            float* dY = RowsDY.Gather(DY, row, buffer + dim);
            float rstd = Rstd[row];
            Normalise<TLanes, T>(x, row, normal, dim);
            if (SumsWeight)
            {
                NormRows.AddProducts<TLanes, T>(dY, normal, dWeight, dim);
            }

            if (SumsBias)
            {
                RowKernels.Add<TLanes, T>(dY, dBias, dim);
            }

            if (DX != null)
            {
                float* g = dY;
                if (Weight != null)
                {
                    NormRows.Multiply<TLanes, T>(dY, Weight, weighted, dim);
                    g = weighted;
                }

                float mean = Mean == null ? 0 : (float)(DoubleSum.Of(g, dim) / dim);
                float slope = (float)(DoubleSum.OfProducts(g, normal, dim) / dim);
                float* dX = RowsDX.Gather(DX, row, buffer);
                NormRows.AddDerivatives<TLanes, T>(g, normal, mean, slope, rstd, dX, dim);
                RowsDX.Scatter(dX, DX, row);
            }

            if (++summed == RowsPerSum)
            {
                Flush(dWeight, sums, 2 * dim);
                summed = 0;
            }
        }

        Flush(dWeight, sums, 2 * dim);
        Device.Processor.Pool.Return(buffer, bytes);
    }

    /// <summary>x̂; what rounding took from the saved mean is the mean of what is left.</summary>
    private readonly void Normalise<TLanes, T>(float* x, long row, float* normal, int dim)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (Mean == null)
        {
            RowKernels.Scale<TLanes, T>(x, Rstd[row], normal, dim, accumulate: false);
            return;
        }

        NormRows.Deviations<TLanes, T>(x, Mean[row], 0, normal, dim);
        float rest = (float)(DoubleSum.Of(normal, dim) / dim);
        NormRows.Deviations<TLanes, T>(normal, rest, 0, normal, dim);
        RowKernels.Scale<TLanes, T>(normal, Rstd[row], normal, dim, accumulate: false);
    }

    private static void Flush(float* from, double* to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] += from[i];
            from[i] = 0;
        }
    }
}

/// <summary>The loops over one row.</summary>
internal static unsafe class NormRows
{
    /// <summary>y = (x − high) − low.</summary>
    public static void Deviations<TLanes, T>(float* x, float high, float low, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        (T highs, T lows) = (TLanes.All(high), TLanes.All(low));
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Subtract(TLanes.Subtract(TLanes.Load(x + i), highs), lows), y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] - high - low;
        }
    }

    /// <summary>y = x · rstd ∘ weight + bias.</summary>
    public static void Apply<TLanes, T>(
        float* x, float rstd, float* weight, float* bias, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T scale = TLanes.All(rstd);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T value = TLanes.Multiply(TLanes.Load(x + i), scale);
            value = weight == null ? value : TLanes.Multiply(value, TLanes.Load(weight + i));
            TLanes.Store(bias == null ? value : TLanes.Add(value, TLanes.Load(bias + i)), y + i);
        }

        for (; i < count; i++)
        {
            float value = x[i] * rstd;
            value = weight == null ? value : value * weight[i];
            y[i] = bias == null ? value : value + bias[i];
        }
    }

    /// <summary>y = a ∘ b.</summary>
    public static void Multiply<TLanes, T>(float* a, float* b, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(a + i), TLanes.Load(b + i)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] = a[i] * b[i];
        }
    }

    /// <summary>y += a ∘ b.</summary>
    public static void AddProducts<TLanes, T>(float* a, float* b, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T sum = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), TLanes.Load(y + i));
            TLanes.Store(sum, y + i);
        }

        for (; i < count; i++)
        {
            y[i] = float.MultiplyAddEstimate(a[i], b[i], y[i]);
        }
    }

    /// <summary>dX += rstd · (g − mean − normal · slope).</summary>
    public static void AddDerivatives<TLanes, T>(
        float* g, float* normal, float mean, float slope, float rstd, float* dX, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        (T means, T slopes, T scale) = (TLanes.All(mean), TLanes.All(slope), TLanes.All(rstd));
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            T part = TLanes.Multiply(TLanes.Load(normal + i), slopes);
            T value = TLanes.Subtract(TLanes.Subtract(TLanes.Load(g + i), means), part);
            TLanes.Store(TLanes.MultiplyAdd(value, scale, TLanes.Load(dX + i)), dX + i);
        }

        for (; i < count; i++)
        {
            float value = g[i] - mean - (normal[i] * slope);
            dX[i] = float.MultiplyAddEstimate(value, rstd, dX[i]);
        }
    }
}
