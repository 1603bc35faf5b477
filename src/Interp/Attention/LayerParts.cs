using Vitrine.Tensors;

namespace Vitrine.Interp.Attention;

/// <summary>The parts of one attention layer on one sequence, on which <see cref="AttentionNorms"/>
/// are measured.</summary>
/// <param name="Pattern">α, float32 [head, queryPos, keyPos]. All borrowed.</param>
/// <param name="Values">u W_V + b_V, float32 [pos, head, dHead].</param>
/// <param name="W_O">float32 [head, dHead, dModel].</param>
/// <param name="B_O">float32 [dModel]; null for none.</param>
/// <param name="Stream">x, the residual stream that the layer receives, float32 [pos,
/// dModel].</param>
/// <param name="Next">The norm that reads the layer's output; null if none follows.</param>
/// <param name="After">m, the residual stream that leaves the layer, float32 [pos, dModel], to
/// check the sum against; null if it is not known.</param>
public sealed record LayerParts(
    Tensor<float> Pattern,
    Tensor<float> Values,
    Tensor<float> W_O,
    Tensor<float>? B_O,
    Tensor<float> Stream,
    NextNorm? Next = null,
    Tensor<float>? After = null)
{
    /// <summary>Measures the parts.</summary>
    /// <remarks>Norms of sums over heads come from the products of every two heads' vectors at a
    /// key, <c>‖Σ_h α_h f_h‖² = Σ_hg α_h α_g (f_h · f_g)</c>, in double precision: pos² · head²
    /// operations instead of pos² · head · dModel.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public AttentionNorms Norms()
    {
        (int heads, int positions, int dModel) = Check();
        using Tensor<float> values = Values.Permute(1, 0, 2).Contiguous();
        using Tensor<float> vectors = Ops.MatMul(values, W_O);     // [head, keyPos, dModel]
        using Tensor<float> mixed = Ops.MatMul(Pattern, vectors);  // [head, queryPos, dModel]
        float[] pattern = Pattern.ToArray();
        float[] f = vectors.ToArray();
        float[] x = Stream.ToArray();
        double[] sums = OverHeads(mixed.Span, heads, positions * dModel);
        (float[] value, float[] weighted) = Weighted(pattern, f, heads, positions, dModel);
        var raw = new PartNorms(pattern, f, x, sums, heads, positions, dModel);
        double[] whole = Whole(sums, x, dModel);
        PartNorms? normed =
            Next is null ? null : Normalised(pattern, f, x, sums, whole, heads, dModel);
        float[] mean = Mean(pattern, heads, positions);
        return new AttentionNorms
        {
            Positions = positions,
            Heads = heads,
            Weight = pattern,
            Value = value,
            Weighted = weighted,
            AllHeads = raw.Map(residual: false),
            WithResidual = raw.Map(residual: true),
            WithNorm = normed?.Map(residual: true),
            MeanWeight = mean,
            MeanWeightWithResidual =
                [.. mean.Select((w, at) => (w + (at % (positions + 1) == 0 ? 1 : 0)) / 2)],
            AllHeadsMixing = raw.Mixing(residual: false),
            WithResidualMixing = raw.Mixing(residual: true),
            WithNormMixing = normed?.Mixing(residual: true),
            Residual = After is null ? null : Difference(whole, After.ToArray()),
        };
    }

    private static double[] OverHeads(ReadOnlySpan<float> mixed, int heads, int length)
    {
        double[] sums = new double[length];
        for (int head = 0; head < heads; head++)
        {
            ReadOnlySpan<float> from = mixed.Slice(head * length, length);
            for (int i = 0; i < length; i++)
            {
                sums[i] += from[i];
            }
        }

        return sums;
    }

    private static (float[] Value, float[] Weighted) Weighted(
        float[] pattern, float[] f, int heads, int positions, int dModel)
    {
        float[] value = new float[heads * positions];
        for (int at = 0; at < value.Length; at++)
        {
            Span<float> part = f.AsSpan(at * dModel, dModel);
            value[at] = (float)Math.Sqrt(DoubleSum.Dot(part, part));
        }

        float[] weighted = new float[pattern.Length];
        for (int at = 0; at < pattern.Length; at++)
        {
            int head = at / (positions * positions);
            weighted[at] = pattern[at] * value[(head * positions) + (at % positions)];
        }

        return (value, weighted);
    }

    private static float[] Mean(float[] pattern, int heads, int positions)
    {
        int length = positions * positions;
        float[] mean = new float[length];
        for (int at = 0; at < length; at++)
        {
            double sum = 0;
            for (int head = 0; head < heads; head++)
            {
                sum += pattern[(head * length) + at];
            }

            mean[at] = (float)(sum / heads);
        }

        return mean;
    }

    private static double Difference(double[] whole, float[] after)
    {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(after[i]));
            difference = Math.Max(difference, Math.Abs(whole[i] - after[i]));
        }

        return largest > 0 ? difference / largest : difference;
    }

    // m, [pos, dModel].
    private double[] Whole(double[] sums, float[] x, int dModel)
    {
        float[]? bias = B_O?.ToArray();
        double[] whole = new double[sums.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            whole[i] = sums[i] + x[i] + (bias?[i % dModel] ?? 0);
        }

        return whole;
    }

    // The next norm's linear map is the same for all parts but for the query's 1/√(var m_i + ε):
    // the vectors are centred and weighted once, and rows are divided at the end.
    private PartNorms Normalised(
        float[] pattern, float[] f, float[] x, double[] sums, double[] whole, int heads, int dModel)
    {
        float[]? weight = Next!.Weight?.ToArray();
        double[] divisors = new double[whole.Length / dModel];
        for (int i = 0; i < divisors.Length; i++)
        {
            ReadOnlySpan<double> m = whole.AsSpan(i * dModel, dModel);
            double mean = 0;
            foreach (double part in m)
            {
                mean += part / dModel;
            }

            double variance = 0;
            foreach (double part in m)
            {
                variance += (part - mean) * (part - mean) / dModel;
            }

            divisors[i] = Math.Sqrt(variance + Next.Epsilon);
        }

        return new PartNorms(
            pattern, Centred(f), Centred(x), CentredSums(), heads, divisors.Length, dModel,
            divisors);

        float[] Centred(float[] rows) => Array.ConvertAll(
            Centre(Array.ConvertAll(rows, value => (double)value)), value => (float)value);

        double[] CentredSums() => Centre([.. sums]);

        double[] Centre(double[] rows)
        {
            for (int start = 0; start < rows.Length; start += dModel)
            {
                Span<double> row = rows.AsSpan(start, dModel);
                double mean = 0;
                foreach (double part in row)
                {
                    mean += part / dModel;
                }

                for (int i = 0; i < dModel; i++)
                {
                    row[i] = (row[i] - mean) * (weight?[i] ?? 1);
                }
            }

            return rows;
        }
    }

    private (int Heads, int Positions, int DModel) Check()
    {
        int heads = Pattern.Rank == 3 ? Pattern.Shape[0] : 0;
        int positions = heads > 0 ? Pattern.Shape[1] : 0;
        int dHead = Values.Rank == 3 ? Values.Shape[2] : 0;
        int dModel = Stream.Rank == 2 ? Stream.Shape[1] : 0;
        bool fits = Pattern.Shape == [heads, positions, positions]
            && Values.Shape == [positions, heads, dHead]
            && W_O.Shape == [heads, dHead, dModel]
            && Stream.Shape == [positions, dModel]
            && (B_O is null || B_O.Shape == [dModel])
            && (Next?.Weight is null || Next.Weight.Shape == [dModel])
            && (After is null || After.Shape == [positions, dModel]);
        return fits ? (heads, positions, dModel) : throw new ShapeException(
            "LayerParts: a pattern [head, queryPos, keyPos] needs values [pos, head, dHead], W_O "
            + "[head, dHead, dModel] and a stream [pos, dModel]; got "
            + $"{Pattern.Shape}, {Values.Shape}, {W_O.Shape} and {Stream.Shape}"
            + (B_O is null ? "" : $", b_O {B_O.Shape}")
            + (Next?.Weight is null ? "" : $", the norm's weight {Next.Weight.Shape}")
            + (After is null ? "." : $", the stream after it {After.Shape}."));
    }
}
