namespace Vitrine.Tensors;

/// <summary>Ops as their formulas read, over one row or one matrix, for the reader and as a second
/// oracle of the tests: sums in double precision, no vectors, no blocks.</summary>
internal static partial class Scalar
{
    /// <summary><c>c[i, j] = Σₚ a[i, p] · b[p, j]</c>, all row-major.</summary>
    public static void MatMul(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int k, int n)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                {
                    sum += (double)a[(i * k) + p] * b[(p * n) + j];
                }

                c[(i * n) + j] = (float)sum;
            }
        }
    }
}
