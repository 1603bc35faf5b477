namespace Vitrine.Tensors;

/// <content>Attention.</content>
internal static partial class Scalar
{
    /// <summary>One head: <c>z[i] = Σ_j softmax_j(q[i] · k[j] / √dHead) v[j]</c> over the keys
    /// j ≤ i; all [pos, dHead].</summary>
    public static void Attention(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, int dHead,
        Span<float> z)
    {
        float[] pattern = new float[q.Length / dHead];
        for (int i = 0; i < pattern.Length; i++)
        {
            Span<float> row = pattern.AsSpan(0, i + 1);
            for (int j = 0; j <= i; j++)
            {
                double score = 0;
                for (int d = 0; d < dHead; d++)
                {
                    score += (double)q[(i * dHead) + d] * k[(j * dHead) + d];
                }

                row[j] = (float)(score / Math.Sqrt(dHead));
            }

            Softmax(row, row);
            MatMul(row, v, z.Slice(i * dHead, dHead), 1, i + 1, dHead);
        }
    }
}
